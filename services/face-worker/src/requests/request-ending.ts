import type { PipelineFailure } from '../pipeline/pipeline-messages.js';

/** How the work on a request ended. */
export type RequestEnding =
  | { readonly kind: 'completed' }
  /** A registration whose images were not good enough. */
  | { readonly kind: 'rejected' }
  /** Another worker has it, or it was ended otherwise: ours was dropped. */
  | { readonly kind: 'lost' }
  /** Not begun or broken off because this worker ends: it goes back into the queue and costs no attempt. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failure'; readonly failure: PipelineFailure };
