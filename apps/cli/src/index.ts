export { cliConfigSchema } from './config.js';
export { startSettings } from './demo/local/start-settings.js';
