import type { Operation } from '@rollcall/contracts';
import type { Call } from './call.js';
import type { Reply } from './reply.js';

/** An operation of the contract with what does it. */
export interface Route {
  readonly operation: Operation;
  readonly handle: (call: Call) => Promise<Reply>;
}

/** Ties a handler to its operation: the contract's schemas are the handler's types. */
export function defineRoute<const O extends Operation>(
  operation: O,
  handle: (call: Call<O>) => Promise<Reply<NoInfer<O>>>,
): Route {
  // The call is checked against the operation before the handler sees it.
  return { operation, handle: handle };
}
