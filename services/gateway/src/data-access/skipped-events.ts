import type { SkippedEventOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** The one there is. */
const PROJECTION = 'attendance';

export interface SkipWish {
  readonly eventId: string;
  readonly reason: string;
  /** Who wishes it. */
  readonly actor: string;
}

export interface SkippedEvent {
  readonly event: SkippedEventOut;
  /** It was skipped before: nothing was written. */
  readonly unchanged: boolean;
}

/** Goes past the event at which the transaction's organization stands still; undefined when it is not that one. */
export async function skipProjectionEvent(client: ClientBase, wish: SkipWish): Promise<SkippedEvent | undefined> {
  const { rows } = await client.query<{ answer: Answer }>('select skip_projection_event($1, $2, $3, $4) as answer', [
    ...[PROJECTION, wish.eventId, wish.reason, wish.actor],
  ]);
  const answer = rows[0]?.answer;
  if (answer === undefined || answer.status === 'not_found') return undefined;
  const { projection, event_id, event_type, failure, reason, skipped_by, skipped_at } = answer;
  const event = { projection, event_id, event_type, failure, reason, skipped_by };
  return {
    event: { ...event, skipped_at: new Date(skipped_at).toISOString() },
    unchanged: answer.status === 'unchanged',
  };
}

type Answer = ({ readonly status: 'skipped' | 'unchanged' } & SkippedEventOut) | { readonly status: 'not_found' };
