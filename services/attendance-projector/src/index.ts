export { applyBatch, type Batch, type BatchOutcome } from './projections/apply-batch.js';
