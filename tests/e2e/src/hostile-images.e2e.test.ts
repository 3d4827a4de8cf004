import { ApiClient, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { enrolmentImages, samplePeople } from '@rollcall/sample-photos';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recognized } from './people.js';

describe('hostile images, behind what the gateway can see', () => {
  let rollcall: RunningRollcall;
  let api: ApiClient;
  let admin: string;
  let photo: Uint8Array;

  beforeAll(async () => {
    rollcall = await startRollcall();
    api = new ApiClient(rollcall.url);
    admin = await api.login(rollcall.admin.email, rollcall.admin.password);
    const image = (await enrolmentImages(samplePeople()[0]?.key ?? ''))[0];
    if (!image) throw new Error('no enrolment image');
    photo = image.bytes;
  });
  afterAll(async () => {
    await rollcall.close();
  });

  /** A JPEG with a right header and end marker whose scan is cut short or replaced by noise. */
  const damaged = (keep: number, noise: boolean): Uint8Array => {
    const bytes = Uint8Array.from(photo);
    const from = Math.floor(bytes.length * keep);
    if (!noise) return Uint8Array.from([...bytes.subarray(0, from), 0xff, 0xd9]);
    for (let position = from; position < bytes.length - 2; position += 1) bytes[position] = (position * 7919) % 255;
    return bytes;
  };

  it('ends no process and answers each frame', async () => {
    const hostile = [damaged(0.5, false), damaged(0.08, true), damaged(0.02, true), damaged(0.3, true)];
    const answers = [];
    for (const [turn, image] of hostile.entries()) {
      const timestamp = new Date(Date.parse('2026-03-02T08:00:00Z') + turn * 1000).toISOString();
      answers.push(await api.recognize<Recognized>(admin, { image, sourceId: 'gate-1', timestamp }));
    }
    for (const answer of answers) {
      if (answer.status !== 202) {
        expect([415, 422]).toContain(answer.status);
        continue;
      }
      const ended = await waitUntil('the frame has an end', async () => {
        const state = await api.call<Recognized>('GET', `/faces/recognitions/${answer.body.data.recognition_id}`, {
          token: admin,
        });
        return ['completed', 'failed'].includes(state.body.data.status) ? state.body.data : undefined;
      });
      if (ended.status === 'failed') expect(ended.reason).toMatch(/^[A-Z_]+$/);
    }
    const good = await api.recognize<Recognized>(
      admin,
      { image: photo, sourceId: 'gate-1', timestamp: '2026-03-02T09:00:00Z' },
      { prefer: 'wait=30' },
    );
    expect(good.body.data.status).toBe('completed');
    expect(rollcall.processes.every((service) => service.isRunning)).toBe(true);
  });
});
