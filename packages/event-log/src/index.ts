export * from './append-events.js';
export * from './checkpoints.js';
export * from './cursor.js';
export * from './leases.js';
export * from './new-event.js';
export * from './read-events.js';
