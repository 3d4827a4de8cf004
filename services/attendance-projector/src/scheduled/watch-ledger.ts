import { appendDerivedEvents, derivedEventId, newEvent, ringEvents } from '@rollcall/event-log';
import { withTransaction, type Pool } from '@rollcall/postgres';
import { newId } from '@rollcall/service-kit';
import {
  beginLedgerAlarms,
  endLedgerAlarms,
  readWaitingRequests,
  type LedgerAlarm,
} from '../data-access/ledger-gaps.js';
import { judgeLedgerGaps } from '../domain/judge-ledger-gaps.js';

/**
 * Looks whether something that was taken in waits for longer than its organization's limit, for its decision or for its
 * projection. Told once when it begins and once when it is over, also when two look at the same time.
 */
export async function watchLedger(
  pool: Pool,
  now: Date,
): Promise<{ readonly opened: number; readonly closed: number }> {
  const gaps = judgeLedgerGaps(await readWaitingRequests(pool), now);
  return withTransaction(pool, async (client) => {
    const closed = await endLedgerAlarms(client, gaps, now);
    const ids = gaps.map(() => newId());
    const opened = gaps.length === 0 ? [] : await beginLedgerAlarms(client, gaps, ids, now);
    if (opened.length + closed.length > 0) {
      await appendDerivedEvents(client, [
        ...opened.map((alarm) => openedEvent(alarm)),
        ...closed.map((alarm) => closedEvent(alarm, now)),
      ]);
      await ringEvents(client);
    }
    return { opened: opened.length, closed: closed.length };
  });
}

function openedEvent(alarm: LedgerAlarm) {
  const { id, stage, since, limitSeconds, beganAt } = alarm;
  const type = 'ledger.gap_opened';
  return newEvent<typeof type>({
    ...aboutGap(alarm, type),
    type,
    payload: { gap_id: id, stage, since: since.toISOString(), limit_seconds: limitSeconds },
    occurredAt: beganAt,
  });
}

function closedEvent(alarm: LedgerAlarm, now: Date) {
  const { id, stage, since, beganAt } = alarm;
  const type = 'ledger.gap_closed';
  return newEvent<typeof type>({
    ...aboutGap(alarm, type),
    type,
    payload: { gap_id: id, stage, since: since.toISOString(), opened_at: beganAt.toISOString() },
    occurredAt: now,
  });
}

function aboutGap({ id, organizationId }: LedgerAlarm, type: string) {
  return {
    id: derivedEventId(id, type),
    organizationId,
    subject: `ledger-gaps/${id}`,
    actor: 'system:attendance-projector',
    correlationId: id,
  };
}
