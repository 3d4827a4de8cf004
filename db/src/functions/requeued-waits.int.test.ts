import { withOrganization } from '@rollcall/postgres';
import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  queryValue,
  submitRecognition,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HOUR_S = 3_600;

let db: TestDatabase;
let organizationId: string;
let receivedAt: Date;
beforeAll(async () => {
  db = await createTestDatabase();
  organizationId = (await buildOrganization(db.owner)).id;
  const source = await buildSource(db.owner, organizationId);
  receivedAt = new Date(Date.now() - 72 * HOUR_S * 1_000);
  const { id } = await submitRecognition(db.gateway, source, { received_at: receivedAt.toISOString() });
  const worker = uuidV7();
  await db.system.query(`select claim_recognitions($1, 1, '60 s')`, [worker]);
  await db.system.query(`select fail_request($1, 'recognition', $2, 'IMAGE_MISSING', $3, false)`, [
    ...[worker, id, uuidV7()],
  ]);
  const requeue = `select requeue_request($1, $2, 'user:somebody', now() + interval '1 day') ->> 'status'`;
  expect(await asGateway(requeue, [id, uuidV7()])).toBe('requeued');
});
afterAll(() => db.close());

const asGateway = (sql: string, values: unknown[]): Promise<unknown> =>
  withOrganization(db.gateway, organizationId, (client) => queryValue(client, sql, values));

describe.each(['queued', 'processing'])('a frame of three days ago that was put into the queue again, %s', (status) => {
  beforeAll(() => db.owner.query('update recognition_requests set status = $1', [status]));

  it('waits since then for the alarm about gaps', async () => {
    const gap = `select extract(epoch from clock_timestamp() - undecided_since)::float from open_ledger_gaps($1)`;
    expect(await queryValue(db.system, gap, [organizationId])).toBeLessThan(HOUR_S);
    expect(await queryValue(db.gateway, 'select undecided_seconds from installation_ledger_gap()')).toBeLessThan(
      HOUR_S,
    );
  });

  it('waits since then in the ledger of the days when it was received', async () => {
    const figures = `select ledger_figures($1, $2, $3) -> 'recognition'`;
    const to = new Date(receivedAt.getTime() + 1);
    const found = await asGateway(figures, [organizationId, receivedAt, to]);
    expect(found).toMatchObject({ accepted: 1, decided: 0 });
    const { undecided_since: since } = found as { undecided_since: string };
    expect(Date.now() - Date.parse(since)).toBeLessThan(HOUR_S * 1_000);
  });

  it('waits since then in the figures of health', async () => {
    const queue = await asGateway(`select system_health_figures(8) -> 'queue' -> 'recognition'`, []);
    const { oldest_seconds: oldest, installation_oldest_seconds: ofAll } = queue as Record<string, number>;
    expect(oldest).toBeLessThan(HOUR_S);
    expect(ofAll).toBeLessThan(HOUR_S);
  });
});
