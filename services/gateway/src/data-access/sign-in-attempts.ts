import type { Pool } from '@rollcall/postgres';

export interface AttemptCount {
  readonly attempts: number;
  readonly endsAt: Date;
}

/** Counts one attempt under each key, for all gateways together; answers the counts in the order of the keys. */
export async function countSignIn(
  pool: Pool,
  keys: readonly Buffer[],
  { now, windowSeconds }: { readonly now: Date; readonly windowSeconds: number },
): Promise<AttemptCount[]> {
  const { rows } = await pool.query<{ key: Buffer; attempts: number; ends_at: Date }>({
    name: 'count-sign-in',
    text: `select key, attempts, ends_at from count_sign_in($1::bytea[], $2, make_interval(secs => $3))`,
    values: [keys, now, windowSeconds],
  });
  return keys.map((key) => {
    const row = rows.find((candidate) => candidate.key.equals(key));
    if (row === undefined) throw new Error('an attempt was not counted');
    return { attempts: row.attempts, endsAt: row.ends_at };
  });
}

/** Takes an attempt back: some counts go, others get one less. */
export async function forgiveSignIn(
  pool: Pool,
  { forget, lessen }: { readonly forget: readonly Buffer[]; readonly lessen: readonly Buffer[] },
): Promise<void> {
  await pool.query({
    name: 'forgive-sign-in',
    text: 'select forgive_sign_in($1::bytea[], $2::bytea[])',
    values: [forget, lessen],
  });
}
