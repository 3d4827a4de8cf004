import type { ClientBase } from '@rollcall/postgres';

export interface IdempotencyClaim {
  readonly organizationId: string;
  /** Who used the key: keys of different callers never meet. */
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  readonly bodyHash: Uint8Array;
  /** Id of what the call makes. */
  readonly resultId: string;
}

/** `claimed`: go on. `replayed`: the call was made before and made `resultId`. `conflict`: with another body. */
export type IdempotencyOutcome =
  | { readonly outcome: 'claimed' }
  | { readonly outcome: 'replayed'; readonly resultId: string }
  | { readonly outcome: 'conflict' };

/** Claims a key in the transaction that does the work; waits for a transaction that has just claimed the same one. */
export async function claimIdempotencyKey(client: ClientBase, claim: IdempotencyClaim): Promise<IdempotencyOutcome> {
  const key = [claim.organizationId, claim.principal, claim.route, claim.key];
  const inserted = await client.query({
    name: 'claim-idempotency-key',
    text: `insert into idempotency_keys (organization_id, principal, route, key, body_hash, request_id)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    values: [...key, claim.bodyHash, claim.resultId],
  });
  if (inserted.rowCount === 1) return { outcome: 'claimed' };
  const known = await findIdempotencyKey(client, claim);
  return known ?? { outcome: 'conflict' };
}

/**
 * Claims a key anew that a call had which came to nothing, such as work whose worker was lost: the key must not answer
 * "send it again" to who does. False when somebody else did so first, whose call the key then stands for.
 */
export async function reclaimIdempotencyKey(
  client: ClientBase,
  claim: IdempotencyClaim,
  failedId: string,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'reclaim-idempotency-key',
    text: `update idempotency_keys set request_id = $6, created_at = now()
           where organization_id = $1 and principal = $2 and route = $3 and key = $4 and request_id = $5`,
    values: [claim.organizationId, claim.principal, claim.route, claim.key, failedId, claim.resultId],
  });
  return rowCount === 1;
}

/** What became of a key that was claimed before; undefined when nobody has claimed it. Claims nothing. */
export async function findIdempotencyKey(
  client: ClientBase,
  claim: Omit<IdempotencyClaim, 'resultId'>,
): Promise<Exclude<IdempotencyOutcome, { readonly outcome: 'claimed' }> | undefined> {
  const key = [claim.organizationId, claim.principal, claim.route, claim.key];
  const { rows } = await client.query<{ request_id: string; body_hash: Buffer }>({
    name: 'load-idempotency-key',
    text: `select request_id, body_hash from idempotency_keys
           where organization_id = $1 and principal = $2 and route = $3 and key = $4`,
    values: key,
  });
  const [known] = rows;
  if (known === undefined) return undefined;
  if (!known.body_hash.equals(claim.bodyHash)) return { outcome: 'conflict' };
  return { outcome: 'replayed', resultId: known.request_id };
}
