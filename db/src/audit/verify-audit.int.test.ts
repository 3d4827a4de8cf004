import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainEntries, emptyChain, keepHeadsOfDay } from '@rollcall/audit-trail';
import { INSTALLATION_ID } from '@rollcall/contracts';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyAudit } from './verify-audit.js';

let db: TestDatabase;
let folder: string;
const printed: string[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'rollcall-heads-'));
  const entry = {
    ...{ id: uuidV7(), organizationId: INSTALLATION_ID, eventId: uuidV7(), action: 'session.refused' },
    ...{ actor: 'system:gateway', subject: 'sessions', occurredAt: new Date(), detailDigest: null },
  };
  for (const line of chainEntries(emptyChain, [entry, { ...entry, id: uuidV7() }])) {
    await db.system.query(
      `insert into audit_logs (id, organization_id, sequence, event_id, action, actor, subject, occurred_at, previous_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[line.id, line.organizationId, line.sequence, line.eventId, line.action, line.actor, line.subject],
        ...[line.occurredAt, line.previousHash, line.hash],
      ],
    );
    await db.system.query(
      `insert into audit_chain_heads values ($1, $2, $3)
       on conflict (organization_id) do update set sequence = excluded.sequence, hash = excluded.hash`,
      [line.organizationId, line.sequence, line.hash],
    );
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await db.close();
});

async function run(headFile?: string, writeHeadFile?: string): Promise<number> {
  printed.length = 0;
  const headsFolder = join(folder, 'heads');
  return verifyAudit(db.system, {
    headFile,
    headsFolder,
    writeHeadFile,
    print: (line) => printed.push(line),
    now: new Date(),
  });
}

it('says what verifies, writes the heads, and finds what is missing against them', async () => {
  const file = join(folder, 'heads.json');
  expect(await run(undefined, file)).toBe(0);
  expect(printed.join('\n')).toContain('✔ the installation: 2 lines');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await run(file)).toBe(0);
  expect(printed.join('\n')).toContain('also against');

  // As the projector does it, once a day.
  const keep = (day: string) => keepHeadsOfDay(db.system, join(folder, 'heads'), new Date(`${day}T02:00:00Z`));
  expect(await keep('2025-03-03')).toEqual({ written: true, broken: [] });
  expect(await keep('2025-03-03')).toEqual({ written: false, broken: [] });

  await db.owner
    .query(`begin; alter table audit_logs disable trigger user; alter table audit_chain_heads disable trigger user;
    delete from audit_logs where sequence = 2;
    update audit_chain_heads set sequence = 1, hash = (select hash from audit_logs); commit`);
  expect(await run()).toBe(1);
  expect(printed.join('\n')).toContain('the trail ends early: line 2');
  // The next day says so, and its file does not forget what was there.
  expect(await keep('2025-03-04')).toEqual({ written: true, broken: [INSTALLATION_ID] });
  await rm(join(folder, 'heads', '2025-03-03.json'));
  expect(await run()).toBe(1);
  await rm(join(folder, 'heads'), { recursive: true });
  expect(await run()).toBe(0);
  const kept = await readFile(file, 'utf8');
  expect(await run(file, file)).toBe(1);
  expect(printed.join('\n')).toContain(
    '✘ the installation: the trail ends early: line 2 and what came after it are missing',
  );
  // What was kept is not overwritten by what does not verify.
  expect(await readFile(file, 'utf8')).toBe(kept);
});

it('names a file that is none', async () => {
  const file = join(folder, 'rubbish.json');
  await writeFile(file, 'rubbish');
  await expect(run(file)).rejects.toThrow(`${file} is not JSON`);
  await expect(run(join(folder, 'none.json'))).rejects.toThrow('none.json');
});
