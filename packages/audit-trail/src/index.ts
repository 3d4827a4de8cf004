export * from './audit-chain.js';
export * from './canonical-json.js';
export * from './heads-of-days.js';
export * from './kept-heads.js';
export * from './read-trail.js';
export * from './verify-trail.js';
