import type { ClientBase } from '@rollcall/postgres';
import type { BatchEffects } from '../domain/batch-effects.js';

/** How many of the derived events and audit lines of a batch are not there: what a replay would write for the first time. */
export async function countMissingConsequences(
  client: Pick<ClientBase, 'query'>,
  { derivedEvents, audited }: Pick<BatchEffects, 'derivedEvents' | 'audited'>,
): Promise<number> {
  if (derivedEvents.length === 0 && audited.length === 0) return 0;
  const { rows } = await client.query<{ missing: number }>({
    name: 'count-missing-consequences',
    text: `select ((select count(*) from unnest($1::uuid[]) as wanted (id)
                    where not exists (select from derived_ids d where d.id = wanted.id))
                 + (select count(*) from unnest($2::uuid[]) as wanted (id)
                    where not exists (select from audit_logs a where a.id = wanted.id)))::int as missing`,
    values: [derivedEvents.map(({ id }) => id), audited.map(({ entry }) => entry.id)],
  });
  return rows[0]?.missing ?? 0;
}
