import type { Pool } from '@rollcall/postgres';

export interface RequestFailure {
  readonly kind: 'recognition' | 'registration';
  readonly id: string;
  /** Of the claim that failed: a later one is left alone. */
  readonly attempts: number;
  readonly reason: string;
  readonly retry: boolean;
  /** Storage or database is in trouble, not the request: the attempt is not counted. */
  readonly spare: boolean;
  readonly eventId: string;
}

/** Ends a request as failed, or has it tried again after a pause while it has attempts left. */
export async function failRequest(pool: Pool, workerId: string, failure: RequestFailure): Promise<void> {
  const { kind, id, reason, eventId, retry, spare, attempts } = failure;
  await pool.query(
    'select fail_request($1::uuid, $2::text, $3::uuid, $4::text, $5::uuid, $6::boolean, $7::boolean, $8::integer)',
    [workerId, kind, id, reason, eventId, retry, spare, attempts],
  );
}
