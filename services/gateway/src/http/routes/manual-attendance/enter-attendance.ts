import { createHash } from 'node:crypto';
import { operations, type ManualAttendanceResult, type ManualAttendanceVerdict } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock, newId } from '@rollcall/service-kit';
import { appendAllAudited } from '../../../data-access/audited-event.js';
import { insertCorrectionBatch, loadCorrectionBatch } from '../../../data-access/correction-batches.js';
import { insertCorrections } from '../../../data-access/corrections.js';
import { loadDayRules } from '../../../data-access/day-rules.js';
import { claimIdempotencyKey } from '../../../data-access/idempotency-keys.js';
import { holdKnownPeople } from '../../../data-access/known-people.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { describeCorrection, toCorrectedEvent } from './corrected-event.js';
import { judgeItems, readItem } from './judge-items.js';

export interface EnterAttendancePorts {
  readonly pool: Pool;
  readonly clock: Clock;
}

type EnterCall = Call<typeof operations.enterAttendance>;

export function enterAttendanceRoute({ pool, clock }: EnterAttendancePorts): Route {
  return defineRoute(operations.enterAttendance, async (call) => {
    const batchId = newId();
    const { organizationId } = call.principal;
    const { result, replayed } = await withOrganization(pool, organizationId, async (client) => {
      const known = await findRepeated(client, call, batchId);
      if (known !== undefined) return { result: await loadResult(client, known), replayed: true };
      const items = await enterItems(client, call, batchId, clock.now());
      return { result: summarize(batchId, items), replayed: false };
    });
    return reply(200, 'ATTENDANCE_ENTERED', 'Each item has its verdict.', result, {
      headers: replayed ? { 'Idempotency-Replayed': 'true' } : {},
    });
  });
}

/** The batch of an earlier call with the same key, if there was one. */
async function findRepeated(client: ClientBase, call: EnterCall, batchId: string): Promise<string | undefined> {
  const key = readIdempotencyKey(call.headers['idempotency-key']);
  if (key === null) return undefined;
  const { organizationId, actor } = call.principal;
  const claimed = await claimIdempotencyKey(client, {
    organizationId,
    principal: actor,
    route: operations.enterAttendance.id,
    key,
    bodyHash: createHash('sha256').update(JSON.stringify(call.body.value.items)).digest(),
    resultId: batchId,
  });
  if (claimed.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
  return claimed.outcome === 'replayed' ? claimed.resultId : undefined;
}

async function enterItems(
  client: ClientBase,
  call: EnterCall,
  batchId: string,
  now: Date,
): Promise<ManualAttendanceVerdict[]> {
  const { organizationId, userId: createdBy } = call.principal;
  const read = call.body.value.items.map(readItem);
  const named = read.flatMap((item) => (item.ok ? [item.value.user_id] : []));
  const people = await holdKnownPeople(client, named);
  const judged = judgeItems(read, { people, now, rulesOn: await loadDayRules(client, organizationId) });
  const entered = judged.flatMap(({ correction }) => (correction === undefined ? [] : [correction]));
  const changes = entered.map((correction) => ({
    event: toCorrectedEvent(call, correction, now),
    detail: { ...auditContext(call), batch_id: batchId, before: null, after: describeCorrection(correction) },
  }));
  const batch = { batchId, organizationId, createdBy };
  await insertCorrections(client, batch, entered);
  const verdicts = judged.map(({ verdict }) => verdict);
  await insertCorrectionBatch(client, batch, verdicts);
  await appendAllAudited(client, changes.length > 0 ? changes : [allRefused(call, batchId, verdicts, now)]);
  return verdicts;
}

/** A call of which nothing was accepted leaves its trace, too. */
function allRefused(call: EnterCall, batchId: string, verdicts: readonly ManualAttendanceVerdict[], now: Date) {
  const { organizationId, actor } = call.principal;
  const event = newEvent<'attendance.entry_refused'>({
    type: 'attendance.entry_refused',
    organizationId,
    subject: `correction-batches/${batchId}`,
    actor,
    correlationId: call.correlationId,
    payload: { batch_id: batchId, item_count: verdicts.length },
    occurredAt: now,
  });
  return { event, detail: { ...auditContext(call), items: verdicts } };
}

async function loadResult(client: ClientBase, batchId: string): Promise<ManualAttendanceResult> {
  return summarize(batchId, await loadCorrectionBatch(client, batchId));
}

function summarize(batchId: string, items: ManualAttendanceVerdict[]): ManualAttendanceResult {
  const created = items.filter(({ verdict }) => verdict === 'created').length;
  return { batch_id: batchId, created, refused: items.length - created, items };
}
