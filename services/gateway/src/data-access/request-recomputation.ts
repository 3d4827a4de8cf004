import type { ClientBase } from '@rollcall/postgres';

/** Days to compute anew, and because of what. */
export interface RecomputationRequest {
  /** Null: everybody's. */
  readonly userIds: readonly string[] | null;
  /** Work dates, both included; nothing is asked for when they are the wrong way round. */
  readonly from: string;
  readonly to: string;
  readonly cause: { readonly id: string; readonly correlationId: string; readonly subject: string };
}

/**
 * Asks for days of the transaction's organization to be computed anew. They join what is outstanding already; the
 * projector takes them off in instalments, behind what cameras see.
 */
export async function requestRecomputation(client: ClientBase, request: RecomputationRequest): Promise<void> {
  const { userIds, from, to, cause } = request;
  await client.query('select request_recomputation($1::uuid[], $2::date, $3::date, $4, $5, $6)', [
    userIds,
    from,
    to,
    cause.id,
    cause.correlationId,
    cause.subject,
  ]);
}
