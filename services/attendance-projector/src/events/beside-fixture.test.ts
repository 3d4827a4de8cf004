import type { TestDatabase } from '@rollcall/testkit';
import { openShadowProjection } from '../projections/shadow-projection.js';
import { createEventSource } from './event-source.js';
import { replayBeside, type BesideOutcome, type BesideStep } from './replay-beside.js';

export const APPLICATION = 'rollcall replay --beside';

export type OnStep = (step: BesideStep) => Promise<void>;

/** Runs a replay beside as a process does: over connections of its own, which are gone at the end. */
export async function runBeside(
  db: TestDatabase,
  organizationId: string,
  given: { readonly mostRows?: number; readonly onStep?: OnStep; readonly archiveFolder?: string } = {},
): Promise<BesideOutcome> {
  const shadow = await openShadowProjection(db.systemUrl, APPLICATION);
  const { archiveFolder, ...options } = given;
  try {
    const source = createEventSource(db.system, archiveFolder);
    return await replayBeside({ pool: db.system, source, shadow, ...options }, organizationId);
  } finally {
    await shadow.close();
  }
}

/** Does something at the first of these steps, and nothing at the others. */
export function once(step: BesideStep, work: () => Promise<void>): OnStep {
  let done = false;
  return async (present) => {
    if (present !== step || done) return;
    done = true;
    await work();
  };
}

/** Which row is which, as long as nobody writes it: where it lies, and which transaction wrote it. */
export async function rowIdentities(db: TestDatabase, table: string, organizationId: string) {
  const sql = `select id, ctid::text || '/' || xmin::text as place from ${table} where organization_id = $1`;
  const { rows } = await db.owner.query<{ id: string; place: string }>(sql, [organizationId]);
  return new Map(rows.map(({ id, place }) => [id, place]));
}

/** How many rows are the same ones as before. */
export function countSame(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  return [...before].filter(([id, place]) => after.get(id) === place).length;
}

/** The transactions that wrote the rows that are not the same ones any more. */
export function transactionsOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Set<string> {
  const written = [...after].filter(([id, place]) => before.get(id) !== place);
  return new Set(written.map(([, place]) => place.split('/')[1] ?? ''));
}
