import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Pool } from '@rollcall/postgres';
import { AppError, systemClock } from '@rollcall/service-kit';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPrincipal } from '../../../testing/test-gateway.test.js';
import type { Call } from '../../call.js';
import type { StreamReply } from '../../reply.js';
import { exportAttendanceRoute } from './export-attendance.js';
import { buildDays } from './many-records.test.js';

const ROWS = 50_000;
const PAGE_ROWS = 500;

let database: TestDatabase;
let operator: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  await buildDays(database.owner, operator, { from: '1960-01-01', days: ROWS });
});
afterAll(() => database.close());

/** The pool, with a count of the transactions begun, and trouble from one of them on. */
function watchPool(failsAt = Infinity) {
  const seen = { transactions: 0 };
  const pool = {
    connect: () => {
      seen.transactions += 1;
      if (seen.transactions >= failsAt) return Promise.reject(new Error('the database is gone'));
      return database.gateway.connect();
    },
  } as unknown as Pool;
  return { pool, seen };
}

interface Given {
  readonly pool: Pool;
  readonly signal?: AbortSignal;
  readonly checkAccess?: () => Promise<unknown>;
}

async function beginExport(format: string, { pool, signal, checkAccess = () => Promise.resolve() }: Given) {
  const route = exportAttendanceRoute({ pool, clock: systemClock, isStopping: () => false, pageRows: PAGE_ROWS });
  const { id: userId, organizationId } = operator;
  const principal = { kind: 'user', userId, organizationId, role: 'OPERATOR', actor: `user:${userId}` };
  const call = { correlationId: uuidV7(), requestId: 'r', address: '', headers: {}, principal, query: { format } };
  const { signal: never } = new AbortController();
  const reply = await route.handle({ ...call, checkAccess, signal: signal ?? never } as unknown as Call);
  return reply as StreamReply;
}

/** Lets everything run until nothing is under way any more. */
async function settle(seen: { readonly transactions: number }): Promise<void> {
  const busy = () => database.gateway.totalCount > database.gateway.idleCount;
  for (let before = -1; before !== seen.transactions || busy();) {
    before = seen.transactions;
    for (let turns = 0; turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is alive, bytes. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + arrayBuffers + external;
}

describe.each(['csv', 'xlsx'])('a large export as %s', (format) => {
  it('holds a few pages, however many rows there are', async () => {
    const samples: number[] = [];
    let chunks = 0;
    let bytes = 0;
    const receiver = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        chunks += 1;
        if (chunks % 10 === 0) samples.push(heldBytes());
        done();
      },
    });
    const { pool, seen } = watchPool();
    await (await beginExport(format, { pool })).write(receiver);
    expect(seen.transactions).toBeGreaterThanOrEqual(ROWS / PAGE_ROWS);
    expect(samples.length).toBeGreaterThan(2);
    // All of the rows would be some 40 MB of objects and 12 MB of text.
    expect(Math.max(...samples) - Math.min(...samples)).toBeLessThan(8_000_000);
    expect(bytes).toBeGreaterThan(1_000_000);
  });

  it('reads on only as the receiver takes it', async () => {
    const { pool, seen } = watchPool();
    const gone = new AbortController();
    const receiver = new Writable({ write: () => undefined });
    const written = (await beginExport(format, { pool, signal: gone.signal })).write(receiver);
    await settle(seen);
    expect(seen.transactions).toBeGreaterThan(1);
    expect(seen.transactions).toBeLessThan(ROWS / PAGE_ROWS / 2);
    gone.abort();
    receiver.destroy();
    await written;
    await settle(seen);
    expect(seen.transactions).toBeLessThan(ROWS / PAGE_ROWS / 2);
  });

  it('stops when the receiver goes away, without calling it a failure', async () => {
    const { pool, seen } = watchPool();
    const gone = new AbortController();
    const receiver = new Writable({
      write(_chunk, _encoding, done) {
        if (seen.transactions >= 5) {
          gone.abort();
          receiver.destroy();
        }
        done();
      },
    });
    await (await beginExport(format, { pool, signal: gone.signal })).write(receiver);
    await settle(seen);
    expect(seen.transactions).toBeLessThan(10);
  });

  it('ends, unfinished, when the caller may not have it any more', async () => {
    const { pool, seen } = watchPool();
    let ended = false;
    const receiver = new Writable({
      write: (_chunk, _encoding, done) => done(),
      final(done) {
        ended = true;
        done();
      },
    });
    const checkAccess = () =>
      seen.transactions < 5 ? Promise.resolve() : Promise.reject(new AppError('UNAUTHENTICATED'));
    const reply = await beginExport(format, { pool, checkAccess });
    await expect(reply.write(receiver)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(seen.transactions).toBe(5);
    expect(ended).toBe(false);
  });

  it('tells of a failing database, and never ends the file', async () => {
    const { pool } = watchPool(20);
    let ended = false;
    const receiver = new Writable({
      write: (_chunk, _encoding, done) => done(),
      final(done) {
        ended = true;
        done();
      },
    });
    const reply = await beginExport(format, { pool });
    await expect(reply.write(receiver)).rejects.toThrow('the database is gone');
    expect(ended).toBe(false);
    expect(receiver.destroyed).toBe(true);
  });
});
