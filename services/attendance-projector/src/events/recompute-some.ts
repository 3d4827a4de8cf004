import type { Pool } from '@rollcall/postgres';
import { listRecomputing } from '../data-access/recomputation-spans.js';
import { takeInstalment } from '../projections/take-instalment.js';

export interface RecomputationOptions {
  readonly pool: Pool;
  /** Told when an organization's days cannot be asked for; the others' are. */
  readonly onTrouble: (organizationId: string, error: unknown) => void;
}

/**
 * Has some days of one organization computed anew, if any has such days outstanding and is not busy with something else;
 * organizations take turns. Answers whether it found some: their event is in the log then.
 */
export function createRecomputation({
  pool,
  onTrouble,
}: RecomputationOptions): (busy: ReadonlySet<string>) => Promise<boolean> {
  /** Whose turn it was last. */
  let last = '';
  return async (busy) => {
    const waiting = (await listRecomputing(pool)).filter((id) => !busy.has(id));
    const inTurn = [...waiting.filter((id) => id > last), ...waiting.filter((id) => id <= last)];
    for (const organizationId of inTurn) {
      try {
        if (!(await takeInstalment(pool, organizationId))) continue;
      } catch (error) {
        onTrouble(organizationId, error);
        continue;
      }
      last = organizationId;
      return true;
    }
    return false;
  };
}
