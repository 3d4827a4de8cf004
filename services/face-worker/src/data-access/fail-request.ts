import type { Pool } from '@rollcall/postgres';

export interface RequestFailure {
  readonly kind: 'recognition' | 'registration';
  readonly id: string;
  readonly reason: string;
  readonly retry: boolean;
  readonly eventId: string;
}

/** Ends a request as failed, or puts it back into the queue while it has attempts left. */
export async function failRequest(pool: Pool, workerId: string, failure: RequestFailure): Promise<void> {
  await pool.query('select fail_request($1::uuid, $2::text, $3::uuid, $4::text, $5::uuid, $6::boolean)', [
    workerId,
    failure.kind,
    failure.id,
    failure.reason,
    failure.eventId,
    failure.retry,
  ]);
}
