export { ApiClient, type Answer, type CallOptions, type Envelope } from './api-client.js';
export { freePort } from './free-port.js';
export { repositoryRoot, ServiceProcess, type ServiceName } from './service-process.js';
export { startRollcall, type RunningRollcall, type StartOptions } from './start-rollcall.js';
export { waitUntil } from './wait-until.js';
export { BrokenContractError, checkedFetch } from '../contract/checked-fetch.js';
export { startHalfOpenProxy, type ConnectionFilter, type HalfOpenProxy } from '../faults/half-open-proxy.js';
