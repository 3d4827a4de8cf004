export * from './local-object-store.js';
export * from './object-key.js';
export * from './object-store.js';
export * from './probe-objects.js';
export * from './storage-guard.js';
