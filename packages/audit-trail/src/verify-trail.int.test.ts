import { createTestDatabase, buildOrganization, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chainEntries, digestDetail, emptyChain, type ChainHead } from './audit-chain.js';
import { readKeptHeads, writeKeptHeads } from './kept-heads.js';
import { verifyTrails, type TrailReport } from './verify-trail.js';

let db: TestDatabase;
let organizationId: string;
const salt = Buffer.alloc(16, 7);
const words = { after: { full_name: 'Ada Example' } };

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  organizationId = (await buildOrganization(db.owner)).id;
  await write(6, emptyChain);
});

/** Adds lines as the projector does; every second one has words. */
async function write(count: number, from: ChainHead): Promise<ChainHead> {
  const entries = Array.from({ length: count }, (_, index) => ({
    id: uuidV7(),
    organizationId,
    eventId: uuidV7(),
    action: 'user.updated',
    actor: 'user:1',
    subject: 'users/2',
    occurredAt: new Date(Date.UTC(2025, 2, 3, 9, index)),
    detailDigest: index % 2 === 0 ? digestDetail(words, salt) : null,
  }));
  const lines = chainEntries(from, entries);
  for (const line of lines) {
    await db.system.query(
      `insert into audit_logs (id, organization_id, sequence, event_id, action, actor, subject, occurred_at, detail_digest,
                               previous_hash, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[line.id, organizationId, line.sequence, line.eventId, line.action, line.actor, line.subject],
        ...[line.occurredAt, line.detailDigest, line.previousHash, line.hash],
      ],
    );
    if (line.detailDigest === null) continue;
    await db.system.query(
      'insert into audit_details (event_id, organization_id, detail, salt) values ($1, $2, $3, $4)',
      [line.eventId, organizationId, JSON.stringify(words), salt],
    );
  }
  const head = lines.at(-1) ?? from;
  await db.system.query(
    `insert into audit_chain_heads (organization_id, sequence, hash) values ($1, $2, $3)
     on conflict (organization_id) do update set sequence = excluded.sequence, hash = excluded.hash`,
    [organizationId, head.sequence, head.hash],
  );
  return head;
}

const verify = async (kept?: ReadonlyMap<string, ChainHead>): Promise<TrailReport | undefined> =>
  (await verifyTrails(db.system, kept)).find((report) => report.organizationId === organizationId);

async function keep(): Promise<ReadonlyMap<string, ChainHead>> {
  const head = (await verify())?.head ?? emptyChain;
  return readKeptHeads(writeKeptHeads(new Map([[organizationId, head]]), new Date()));
}

/** What only somebody can do who owns the tables and means to: nothing that a service or a slip does. */
async function tamper(sql: string, table = 'audit_logs'): Promise<void> {
  await db.owner
    .query(`begin; alter table ${table} disable trigger user; ${sql.replaceAll('$ORGANIZATION', `'${organizationId}'`)};
                        alter table ${table} enable trigger user; commit`);
}

describe('a trail', () => {
  it('verifies, also over pages, after it has grown since its head was kept, and without erased words', async () => {
    const kept = await keep();
    const before = await verify();
    await write(1_100, before?.head ?? emptyChain);
    expect(await verify(kept)).toMatchObject({ lines: 1_106, erased: 0, problem: null });
    await db.owner.query('delete from audit_details where organization_id = $1', [organizationId]);
    expect(await verify(kept)).toMatchObject({ lines: 1_106, erased: 553, problem: null });
  });

  it.each([
    ["update audit_logs set actor = 'user:9' where sequence = 3 and organization_id = $ORGANIZATION", 'altered', 3],
    [
      "update audit_logs set occurred_at = occurred_at + interval '1 ms' where sequence = 2 and organization_id = $ORGANIZATION",
      'altered',
      2,
    ],
    [
      "update audit_logs set detail_digest = '\\x00' where sequence = 1 and organization_id = $ORGANIZATION",
      'altered',
      1,
    ],
    ['delete from audit_logs where sequence = 4 and organization_id = $ORGANIZATION', 'gap', 4],
    ['delete from audit_logs where sequence > 4 and organization_id = $ORGANIZATION', 'cut-off', 5],
    [
      `update audit_logs set sequence = -sequence where sequence in (2, 3) and organization_id = $ORGANIZATION;
       update audit_logs set sequence = 5 + sequence where sequence in (-2, -3) and organization_id = $ORGANIZATION`,
      'broken-link',
      2,
    ],
  ])('that was tampered with shows it: %s', async (sql, kind, sequence) => {
    await tamper(sql);
    expect((await verify())?.problem).toEqual({ kind, sequence });
  });

  it('shows words that were replaced', async () => {
    await tamper(
      `update audit_details set detail = '{"after":{"full_name":"Eve"}}' where organization_id = $ORGANIZATION`,
      'audit_details',
    );
    expect((await verify())?.problem).toEqual({ kind: 'detail-altered', sequence: 1 });
  });

  it('shows lines behind its end', async () => {
    await tamper(
      `update audit_chain_heads h set sequence = 4, hash = (select hash from audit_logs a where a.organization_id = h.organization_id and sequence = 4)
       where organization_id = $ORGANIZATION`,
      'audit_chain_heads',
    );
    expect((await verify())?.problem).toEqual({ kind: 'behind-head', sequence: 5 });
  });

  it('shows only against a head kept elsewhere that its last lines were removed together with the head', async () => {
    const kept = await keep();
    await tamper('delete from audit_logs where sequence > 4 and organization_id = $ORGANIZATION');
    await tamper(
      `update audit_chain_heads h set sequence = 4, hash = (select hash from audit_logs a where a.organization_id = h.organization_id and sequence = 4)
       where organization_id = $ORGANIZATION`,
      'audit_chain_heads',
    );
    expect(await verify()).toMatchObject({ lines: 4, problem: null });
    expect((await verify(kept))?.problem).toEqual({ kind: 'cut-off', sequence: 5 });
  });

  it('shows that it was written anew from the beginning, or is gone, against a head kept elsewhere', async () => {
    const kept = await keep();
    await tamper('delete from audit_logs where organization_id = $ORGANIZATION');
    await tamper('delete from audit_chain_heads where organization_id = $ORGANIZATION', 'audit_chain_heads');
    expect((await verify(kept))?.problem).toEqual({ kind: 'gone', sequence: 6 });
    await write(8, emptyChain);
    expect(await verify()).toMatchObject({ lines: 8, problem: null });
    expect((await verify(kept))?.problem).toEqual({ kind: 'not-the-kept-one', sequence: 6 });
  });
});

describe('a file of heads', () => {
  it.each(['', '[]', '{"format":"other","written_at":"2025-03-03T09:00:00Z","chains":{}}', '{"chains":{"x":1}}'])(
    'is refused when it is none: %s',
    (text) => expect(() => readKeptHeads(text)).toThrow(TypeError),
  );
});

describe('the tables of the trail', () => {
  const CHANGES = [
    "update audit_logs set actor = 'user:9'",
    'delete from audit_logs',
    'truncate audit_logs',
    "update audit_details set detail = '{}'",
    'truncate audit_details',
    'update audit_chain_heads set sequence = 1',
    'delete from audit_chain_heads',
    'truncate audit_chain_heads',
  ];

  it.each(CHANGES)('refuse every role: %s', async (sql) => {
    for (const pool of [db.gateway, db.system, db.owner]) {
      await expect(pool.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
    expect(await verify()).toMatchObject({ lines: 6, problem: null });
  });

  it('refuse a change within the scope of an organization too', async () => {
    const client = await db.gateway.connect();
    for (const sql of CHANGES) {
      await client.query(`begin; set local app.organization_id = '${organizationId}'`);
      await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
      await client.query('rollback');
    }
    client.release();
  });
});
