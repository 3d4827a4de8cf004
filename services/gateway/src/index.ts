export { gatewaySettings, loadGatewayConfig, type GatewayConfig } from './config.js';
export { createGateway, type Gateway, type GatewayOptions } from './composition-root.js';
