export * from './doorbell.js';
export * from './heartbeats.js';
export * from './installation-id.js';
export * from './pool.js';
export * from './system-logs.js';
export * from './transaction.js';
export * from './type-parsers.js';
export * from './wakeup.js';
