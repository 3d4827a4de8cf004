import { Rollcall } from '@rollcall/client';
import { createOrganization } from '@rollcall/db';
import { crossPhotoPair, enrolmentImages, frames } from '@rollcall/sample-photos';
import { checkedFetch, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('two organizations with the same people and the same faces', () => {
  let rollcall: RunningRollcall;
  let organizations: { admin: Rollcall; personId: string }[];
  let frame: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    rollcall = await startRollcall();
    const first = new Rollcall({ baseUrl: rollcall.url, fetch: checkedFetch });
    await first.signIn(rollcall.admin);
    const options = { slug: 'other', name: 'Other', timezone: 'UTC', actor: 'system:test' };
    const other = await createOrganization(rollcall.ownerUrl, { ...options, adminEmail: rollcall.admin.email });
    const second = new Rollcall({ baseUrl: rollcall.url, fetch: checkedFetch });
    await second.signIn({ email: other.email, password: other.password, organization: 'other' });
    organizations = await Promise.all([first, second].map(async (admin) => ({ admin, personId: await enrol(admin) })));
    const photo = (await frames()).find(({ name }) => name === crossPhotoPair.frame);
    frame = Uint8Array.from(photo!.bytes);
  });
  afterAll(() => rollcall.close());

  /** The same person, by the same address and photos. */
  async function enrol(admin: Rollcall): Promise<string> {
    const body = { full_name: 'Ada', email: 'ada@example.org', employee_code: 'E-1' };
    const { data } = await admin.post('/v1/ops/user', { body });
    const images = await enrolmentImages(crossPhotoPair.enrolled);
    const files = images.map(({ bytes }) => ({ bytes: Uint8Array.from(bytes) }));
    const enrolled = await admin.register(data.user_id, files, { waitSeconds: 30 });
    expect(enrolled.face_registered).toBe(true);
    return data.user_id;
  }

  it('each recognise their own, and read their own only', async () => {
    for (const [index, { admin, personId }] of organizations.entries()) {
      const stranger = organizations[1 - index]!.personId;
      const fields = { source_type: 'camera', source_id: 'door', timestamp: new Date().toISOString() } as const;
      const seen = await admin.recognize(fields, { bytes: frame }, { waitSeconds: 30 });
      const matched = seen.faces.filter(({ decision }) => decision === 'match').map(({ user_id }) => user_id);
      expect(matched).toEqual([personId]);
      const records = await waitUntil('the record is there', async () => {
        const { data } = await admin.get('/v1/ops/attendance');
        return data.length > 0 && data;
      });
      expect(records.map(({ user_id }) => user_id)).toEqual([personId]);
      const { data: events } = await admin.get('/v1/events', { params: { query: { limit: 200 } } });
      expect(JSON.stringify(events)).toContain(personId);
      expect(JSON.stringify(events)).not.toContain(stranger);
      const path = { user_id: stranger };
      await expect(admin.get('/v1/ops/user/{user_id}', { params: { path } })).rejects.toMatchObject({ status: 404 });
    }
  });
});
