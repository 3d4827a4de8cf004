import type { ClientBase } from 'pg';
import { startCursor, type Cursor } from './cursor.js';

/**
 * The place before which everything can be read now, of all organizations: where a reader begins that wants only what comes.
 * It is no event's place, so nothing on the disk may say yet that the transaction ids before it were used: claims do not
 * wait for the disk, and PostgreSQL would give their ids out again after a crash, to events that this reader would never
 * see. So it writes a message into the write-ahead log that means nothing and is committed before the answer: its
 * transaction id is not below the place, and no later one is below it.
 *
 * A pool, or a client outside of a transaction.
 */
export async function readHorizon(client: Pick<ClientBase, 'query'>): Promise<Cursor> {
  const { rows } = await client.query<Cursor>(
    `select coalesce(max(epoch), 0)::smallint as epoch, pg_snapshot_xmin(pg_current_snapshot())::text as xid, '0' as position,
            pg_logical_emit_message(true, 'rollcall', '') as kept
     from log_identity`,
  );
  const { epoch, xid, position } = rows[0] ?? startCursor;
  return { epoch, xid, position };
}
