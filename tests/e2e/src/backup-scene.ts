import { frames } from '@rollcall/sample-photos';
import { waitUntil, type ApiClient } from '@rollcall/testkit/rollcall';
import { expect } from 'vitest';
import { enrolPerson, type EnrolledPerson, type Recognized } from './people.js';

export interface FeedRead {
  readonly ids: string[];
  readonly types: string[];
  readonly cursor: string;
}

interface RecordOut {
  readonly check_in_at: string | null;
  readonly check_out_at: string | null;
}

/** What happens in an installation before and after a restore, seen from outside. */
export class BackupScene {
  private constructor(
    private readonly api: ApiClient,
    private readonly token: string,
    /** By key of the sample photos. */
    private readonly people: Map<string, EnrolledPerson>,
  ) {}

  static async open(api: ApiClient, password: string): Promise<BackupScene> {
    return new BackupScene(api, await api.login('admin@rollcall.local', password), new Map());
  }

  /** The same people at the restored installation. Its key is the old one: who was signed in still is. */
  async onto(api: ApiClient): Promise<BackupScene> {
    const me = await api.call('GET', '/v1/auth/me', { token: this.token });
    expect(me.status, JSON.stringify(me.body)).toBe(200);
    return new BackupScene(api, this.token, this.people);
  }

  async enrol(key: string): Promise<void> {
    this.people.set(
      key,
      await enrolPerson(this.api, this.token, key, `person-${key.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')}`),
    );
  }

  async erase(key: string): Promise<void> {
    for (const id of this.people.get(key)?.faceIds ?? []) {
      const answer = await this.api.call('DELETE', `/faces/${id}`, { token: this.token });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    }
  }

  /** Keys of the people matched in a sample frame. */
  async sees(frameName: string, timestamp: string): Promise<string[]> {
    const frame = (await frames()).find(({ name }) => name === frameName);
    if (frame === undefined) throw new Error(`there is no frame ${frameName}`);
    const sent = { image: frame.bytes, sourceId: 'gate-1', timestamp };
    const answer = await this.api.recognize<Recognized>(this.token, sent, { prefer: 'wait=30' });
    expect(answer.body.data, JSON.stringify(answer.body)).toMatchObject({ status: 'completed' });
    const matched = answer.body.data.faces.filter(({ decision }) => decision === 'match').map(({ user_id }) => user_id);
    return [...this.people].filter(([, { userId }]) => matched.includes(userId)).map(([key]) => key);
  }

  async createPerson(name: string): Promise<void> {
    const answer = await this.api.call('POST', '/v1/ops/user', { token: this.token, json: { full_name: name } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  }

  async records(day: string): Promise<RecordOut[]> {
    const path = `/v1/ops/attendance?from=${day}&to=${day}`;
    return (await this.api.call<RecordOut[]>('GET', path, { token: this.token })).body.data;
  }

  /** Waits until what happened is in the feed and projected: derived events come last. */
  async quiet(): Promise<void> {
    let last = '';
    await waitUntil('the projector has come to the end of the feed', async () => {
      const health = await this.api.call<{ parts: { projector: { figures: { lag_events: number } | null } } }>(
        'GET',
        '/v1/admin/system-health',
        { token: this.token },
      );
      const { cursor } = await this.readFeed(undefined);
      const still = cursor === last && health.body.data.parts.projector.figures?.lag_events === 0;
      last = cursor;
      return still;
    });
  }

  /** Waits until there is something after a cursor: an event is read once no older transaction of the server is open. */
  async readNewest(after: string): Promise<FeedRead> {
    return waitUntil('the feed goes on', async () => {
      const read = await this.readFeed(after);
      return read.ids.length > 0 && read;
    });
  }

  /** Reads the feed on from a cursor, to its end or as many events. */
  async readFeed(after: string | undefined, most = 10_000): Promise<FeedRead> {
    const events: { id: string; type: string }[] = [];
    let cursor = after;
    for (;;) {
      const from = cursor === undefined ? '' : `&after=${encodeURIComponent(cursor)}`;
      const limit = Math.min(50, most - events.length);
      const path = `/v1/events?limit=${String(limit)}${from}`;
      const page = await this.api.call<{ id: string; type: string }[]>('GET', path, { token: this.token });
      expect(page.status, JSON.stringify(page.body)).toBe(200);
      events.push(...page.body.data);
      cursor = String(page.body.meta.next_cursor);
      if (page.body.data.length === 0 || events.length >= most) break;
    }
    return { ids: events.map(({ id }) => id), types: events.map(({ type }) => type), cursor };
  }
}
