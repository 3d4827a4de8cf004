import type { ClientBase } from '@rollcall/postgres';
import { addTouchedRows, isAnythingListed, swapRows, type SwappedRows } from '../data-access/differing-rows.js';
import { lockCheckpoint } from '../data-access/projection-checkpoints.js';
import { loadPosition, type ProjectionPosition } from '../data-access/projection-stops.js';
import { PROJECTION } from './projection-name.js';

/**
 * Bounds of a swap: every reader of the event log waits while one is under way, and so does the organization's projector,
 * which waits ten seconds for the checkpoint.
 */
const STATEMENT_TIMEOUT = '8s';
/** Servers before version 17 have none. */
const TRANSACTION_TIMEOUT = '30s';

const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELED = '57014';

export interface SwapParts {
  /** The connection that has the projection beside. */
  readonly client: ClientBase;
  readonly organizationId: string;
  /** The greatest id of a person whose rows are swapped. */
  readonly upTo: string;
  /**
   * Brings the projection beside to where the checkpoint stands, in this transaction. Answers `behind` when that is too
   * far for it.
   */
  readonly catchUp: (position: ProjectionPosition) => Promise<'there' | 'behind'>;
  /** Called before the commit; for tests. */
  readonly beforeCommit?: (() => Promise<void>) | undefined;
}

export interface Swapped extends SwappedRows {
  /** Whether rows of other people are listed still. */
  readonly more: boolean;
}

/**
 * Brings an organization's attendance to what the projection beside says, in one transaction that keeps the checkpoint
 * where it is: no batch is written meanwhile, and the next one finds the new rows.
 *
 * The checkpoint stays: both projections stand where it does. What the events up to there were to tell has been told.
 *
 * @returns `behind`, `too long`: nothing was changed, by reason of a projector that is too far ahead or in a long batch,
 * or of rows too many.
 */
export async function swapAttendance(parts: SwapParts): Promise<Swapped | 'behind' | 'too long'> {
  const { client } = parts;
  await client.query('begin');
  try {
    const swapped = await swap(parts);
    await client.query(swapped === 'behind' ? 'rollback' : 'commit');
    return swapped;
  } catch (error) {
    // A rollback that fails, since the connection is gone, must not hide why.
    await client.query('rollback').catch(() => undefined);
    const { code } = error as { code?: unknown };
    if (code === LOCK_NOT_AVAILABLE) return 'behind';
    if (code === QUERY_CANCELED) return 'too long';
    throw error;
  }
}

async function swap({ client, organizationId, upTo, catchUp, beforeCommit }: SwapParts): Promise<Swapped | 'behind'> {
  await boundTransaction(client);
  await lockCheckpoint(client, PROJECTION, organizationId);
  if ((await catchUp(await loadPosition(client, PROJECTION, organizationId))) === 'behind') return 'behind';
  // Few rows of tables that may be large: whatever the statistics say, by their indexes.
  await client.query(
    'set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off',
  );
  await addTouchedRows(client, organizationId);
  const swapped = await swapRows(client, organizationId, upTo);
  const more = await isAnythingListed(client);
  await beforeCommit?.();
  return { ...swapped, more };
}

async function boundTransaction(client: ClientBase): Promise<void> {
  await client.query(`set local statement_timeout = '${STATEMENT_TIMEOUT}'`);
  await client.query(
    `select set_config('transaction_timeout', '${TRANSACTION_TIMEOUT}', true)
     where current_setting('transaction_timeout', true) is not null`,
  );
}
