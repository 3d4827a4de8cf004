import { ApiClient, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { frames, samplePeople } from '@rollcall/sample-photos';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolPerson, type Recognized } from './people.js';

const TAKEN_OVER_WITHIN_MS = 15_000;

describe('a worker killed in the middle of a frame', () => {
  let rollcall: RunningRollcall;
  let api: ApiClient;
  let admin: string;
  let database: pg.Client;

  beforeAll(async () => {
    rollcall = await startRollcall({ services: ['gateway', 'face-worker', 'face-worker', 'attendance-projector'] });
    api = new ApiClient(rollcall.url);
    admin = await api.login(rollcall.admin.email, rollcall.admin.password);
    database = new pg.Client({ connectionString: rollcall.ownerUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await rollcall.close();
  });

  it('loses its frame to another worker, which decides it once', async () => {
    const key = samplePeople()[0]?.key;
    if (key === undefined) throw new Error('no sample people');
    const person = await enrolPerson(api, admin, key, 'grace');
    const frame = (await frames()).find((candidate) => candidate.people.includes(key));
    if (!frame) throw new Error(`no frame shows ${key}`);

    // Frames are sent until one is caught between claim and completion; then the worker that holds it is killed.
    let caught: { id: string; pid: number; killedAt: Date } | undefined;
    for (let minute = 0; caught === undefined && minute < 50; minute += 1) {
      const sent = await api.recognize<Recognized>(admin, {
        image: frame.bytes,
        sourceId: 'gate-1',
        timestamp: new Date(Date.parse('2026-03-02T08:00:00Z') + minute * 120_000).toISOString(),
      });
      expect(sent.status).toBe(202);
      const id = sent.body.data.recognition_id;
      for (;;) {
        const { rows } = await database.query<{ status: string; pid: number | null }>(
          'select r.status, h.pid from recognition_requests r left join worker_heartbeats h on h.worker_id = r.claimed_by where r.id = $1',
          [id],
        );
        const state = rows[0];
        if (state?.status === 'completed') break;
        if (state?.status === 'processing' && state.pid !== null) {
          process.kill(state.pid, 'SIGKILL');
          const after = await database.query<{ status: string; at: Date }>(
            'select status, clock_timestamp() as at from recognition_requests where id = $1',
            [id],
          );
          const [left] = after.rows;
          if (left?.status === 'processing') caught = { id, pid: state.pid, killedAt: left.at };
          else rollcall.start('face-worker'); // it was faster: the next frame is tried with a fresh worker
          break;
        }
      }
    }
    if (!caught) throw new Error('no frame could be caught between claim and completion');
    const { id, pid, killedAt } = caught;
    expect(
      rollcall.processes.some((service) => service.name === 'face-worker' && service.isRunning && service.pid !== pid),
    ).toBe(true);

    const decided = await waitUntil('another worker decides the frame', async () => {
      const answer = await api.call<Recognized>('GET', `/faces/recognitions/${id}`, { token: admin });
      return answer.body.data.status === 'completed' ? answer.body.data : undefined;
    });
    expect(decided.faces.some((face) => face.decision === 'match' && face.user_id === person.userId)).toBe(true);

    await waitUntil('the sighting is in the log', async () => {
      const { rowCount } = await database.query('select 1 from attendance_logs where recognition_id = $1', [id]);
      return rowCount === decided.faces.filter((face) => face.decision === 'match').length;
    });
    const completions = await database.query<{ recorded_at: Date }>(
      "select recorded_at from events where type = 'recognition.completed' and payload ->> 'recognition_id' = $1",
      [id],
    );
    expect(completions.rowCount).toBe(1);
    // What Rollcall promises: a lease of 10 s, and time to claim and decide. Both by the database's clock.
    const decidedAt = completions.rows[0]?.recorded_at.getTime() ?? Infinity;
    expect(decidedAt - killedAt.getTime()).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    const request = await database.query<{ attempts: number }>(
      'select attempts from recognition_requests where id = $1',
      [id],
    );
    expect(request.rows[0]?.attempts).toBe(2);
  });
});
