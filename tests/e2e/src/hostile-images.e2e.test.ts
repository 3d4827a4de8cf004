import { readdirSync, readFileSync } from 'node:fs';
import { ApiClient, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { enrolmentImages, samplePeople } from '@rollcall/sample-photos';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileImages, type HostileImage } from './hostile-images/hostile-images.js';
import { pngOf } from './hostile-images/png-files.js';
import { enrolPerson, type Recognized } from './people.js';

const COUNT = 1_000;
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_260_302);
/** A good frame among this many hostile ones. */
const GOOD_EVERY = 25;
const CLIENTS = 4;

describe(`${String(COUNT)} hostile images among good frames (HOSTILE_SEED=${String(SEED)})`, () => {
  let rollcall: RunningRollcall;
  let api: ApiClient;
  let admin: string;
  let photo: Uint8Array;
  let userId: string;
  let database: pg.Client;

  beforeAll(async () => {
    rollcall = await startRollcall();
    api = new ApiClient(rollcall.url);
    admin = await api.login(rollcall.admin.email, rollcall.admin.password);
    const person = samplePeople()[0]?.key ?? '';
    const image = (await enrolmentImages(person))[0];
    if (!image) throw new Error('no enrolment image');
    photo = image.bytes;
    ({ userId } = await enrolPerson(api, admin, person, 'someone'));
    database = new pg.Client({ connectionString: rollcall.ownerUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await rollcall.close();
  });

  it('answers each, ends no process, and good frames are recognised as ever', async () => {
    const before = processes();
    expect(before.length).toBeGreaterThan(3);
    const queue = [...hostileImages(photo, COUNT, SEED).entries()];
    const wrong: string[] = [];
    let accepted = 0;
    let good = 0;
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [turn, image] = next;
          const verdict = await postHostile(turn, image);
          if (verdict === 'accepted') accepted += 1;
          else if (verdict !== 'refused') wrong.push(`${image.what}: ${verdict}`);
          if (turn % GOOD_EVERY === 0) {
            await postGood(turn);
            good += 1;
          }
        }
      }),
    );
    expect(wrong).toEqual([]);
    expect(good).toBe(COUNT / GOOD_EVERY);
    const undecided = await waitUntil('every frame that was taken has an end', async () => {
      const rows = await ends();
      return rows.every(({ status }) => status !== 'queued' && status !== 'processing') && rows;
    });
    expect(undecided.reduce((sum, { count }) => sum + count, 0)).toBe(accepted + good);
    for (const { status, reason } of undecided) {
      if (status !== 'completed') expect(`${status} ${String(reason)}`).toMatch(/^failed [A-Z_]+$/);
    }
    expect(processes()).toEqual(before);
  });

  const post = async (image: Uint8Array) => {
    const frame = { image, sourceId: 'gate-3', timestamp: at(0, 0) };
    return api.recognize<Recognized>(admin, frame, { prefer: 'wait=30' });
  };

  it('says of a PNG that lacks rows, whole from outside, that it is damaged', async () => {
    const answer = await post(pngOf({ width: 640, height: 480, rows: 1 }));
    expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([200, 'RECOGNITION_FAILED']);
    expect(answer.body.data).toMatchObject({ status: 'failed', reason: 'IMAGE_DAMAGED', faces: [] });
  });

  it('looks at what is there of a JPEG that lacks rows: the decoder fills them with grey', async () => {
    const answer = await post(Buffer.concat([photo.subarray(0, 9_000), Buffer.from([0xff, 0xd9])]));
    expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([200, 'RECOGNITION_COMPLETED']);
    expect(answer.body.data).toMatchObject({ status: 'completed', faces: [] });
  });

  /** What became of a hostile image at the door; a word only when that is well. */
  async function postHostile(turn: number, { bytes }: HostileImage): Promise<string> {
    const answer = await api.recognize(admin, { image: bytes, sourceId: 'gate-1', timestamp: at(turn, 0) });
    if (answer.status === 202 && answer.body.code === 'RECOGNITION_ACCEPTED') return 'accepted';
    if ([413, 415, 422].includes(answer.status) && /^[A-Z_]+$/.test(answer.body.code)) return 'refused';
    return `${String(answer.status)} ${answer.body.code}`;
  }

  async function postGood(turn: number): Promise<void> {
    const frame = { image: photo, sourceId: 'gate-2', timestamp: at(turn, 500) };
    const answer = await api.recognize<Recognized>(admin, frame, { prefer: 'wait=30' });
    expect(answer.body.data, JSON.stringify(answer.body)).toMatchObject({ status: 'completed' });
    expect(answer.body.data.faces.map(({ user_id, decision }) => ({ user_id, decision }))).toEqual([
      { user_id: userId, decision: 'match' },
    ]);
  }

  async function ends(): Promise<{ status: string; reason: string | null; count: number }[]> {
    const { rows } = await database.query<{ status: string; reason: string | null; count: number }>(
      'select status, reason, count(*)::integer as count from recognition_requests group by status, reason',
    );
    return rows;
  }

  /** Ids of the services and of all processes below them: an ended child would be replaced by one with another id. */
  function processes(): number[] {
    expect(rollcall.processes.every((service) => service.isRunning)).toBe(true);
    const found = rollcall.processes.map(({ pid }) => pid);
    const parents = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => ({ pid: Number(pid), parent: parentOf(pid) }));
    for (const pid of found) found.push(...parents.filter(({ parent }) => parent === pid).map((child) => child.pid));
    return found.toSorted((one, other) => one - other);
  }
});

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // ended while we looked
  }
}

function at(turn: number, milliseconds: number): string {
  return new Date(Date.parse('2026-03-02T08:00:00Z') + turn * 1_000 + milliseconds).toISOString();
}
