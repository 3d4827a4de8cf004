import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  submitRecognition,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countLedger } from './count-ledger.js';
import { describeLedger } from './describe-ledger.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

it('counts every organization apart, and says in words what waits too long', async () => {
  const [busy, quiet] = [await buildOrganization(db.owner), await buildOrganization(db.owner)];
  const source = await buildSource(db.owner, busy.id);
  await submitRecognition(db.gateway, source, {
    received_at: '2025-03-03T09:00:00Z',
    expires_at: '2025-03-03T09:01:00Z',
  });
  await db.system.query(`select claim_recognitions(gen_random_uuid(), 1, '10 s')`);
  await submitRecognition(db.gateway, source, { received_at: '2025-03-03T09:30:00Z' });
  const span = { from: new Date('2025-03-03T00:00:00Z'), to: new Date('2025-03-04T00:00:00Z') };
  const all = await countLedger(db.system, { ...span, organization: undefined });
  expect(all.find(({ organization_id }) => organization_id === quiet.id)).toMatchObject({
    ...{ figures: { skipped: 0 }, undecided_seconds: null, unprojected_seconds: null, over_limit: false },
  });
  const [ledger] = await countLedger(db.system, {
    ...span,
    organization: all.find(({ organization_id }) => organization_id === busy.id)?.organization,
  });
  expect(ledger).toMatchObject({
    figures: { recognition: { accepted: 2, decided: 1, projected: 1, endings: { expired: 1 } } },
    over_limit: true,
  });
  const words = ledger === undefined ? '' : describeLedger(ledger).join('\n');
  expect(words).toContain('accepted 2, decided 1 (expired 1), projected 1, gap 1 + 0');
  expect(words).toContain('LONGER THAN 900 s');
  await expect(countLedger(db.system, { ...span, organization: 'nobody' })).rejects.toThrow('no organization nobody');
});
