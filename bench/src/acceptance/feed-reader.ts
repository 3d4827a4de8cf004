import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

interface FeedPage {
  readonly data: readonly { readonly id: string }[];
  readonly meta: { readonly next_cursor: string };
}

/** Follows the feed of events from now on as a consumer does, by long polls, and notes when each event arrived. */
export class FeedReader {
  private readonly arrivals = new Map<string, number>();
  private readonly ended = new AbortController();
  private following: Promise<void> | undefined;

  private token = '';

  /** @param login answers an access token; called again when one has run out. */
  constructor(
    private readonly url: string,
    private readonly login: () => Promise<string>,
  ) {}

  async start(): Promise<void> {
    this.token = await this.login();
    const first = await this.page('start=now');
    this.following = this.follow(first.meta.next_cursor);
  }

  /** Waits until nothing new has come for a while, ends, and answers for each event how long after its commit's start it arrived, ms. */
  async lags(ownerUrl: string, restMs = 1_000): Promise<number[]> {
    for (let seen = -1; seen !== this.arrivals.size;) {
      seen = this.arrivals.size;
      await delay(restMs);
    }
    this.ended.abort();
    await this.following;
    const client = new pg.Client({ connectionString: ownerUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ id: string; at: number }>(
        'select id, extract(epoch from recorded_at)::float8 * 1000 as at from events where id = any ($1)',
        [Array.from(this.arrivals.keys())],
      );
      return rows.map(({ id, at }) => (this.arrivals.get(id) ?? NaN) - at);
    } finally {
      await client.end();
    }
  }

  private isEnded(): boolean {
    return this.ended.signal.aborted;
  }

  private async follow(from: string): Promise<void> {
    for (let cursor = from; !this.isEnded();) {
      try {
        const page = await this.page(`limit=200&wait=30&after=${encodeURIComponent(cursor)}`);
        const now = performance.timeOrigin + performance.now();
        for (const { id } of page.data) this.arrivals.set(id, now);
        cursor = page.meta.next_cursor;
      } catch (error) {
        if (!this.isEnded()) throw error;
      }
    }
  }

  private async page(query: string): Promise<FeedPage> {
    let response = await this.ask(query);
    if (response.status === 401) {
      this.token = await this.login();
      response = await this.ask(query);
    }
    if (response.status !== 200) throw new Error(`the feed answered ${String(response.status)}`);
    return (await response.json()) as FeedPage;
  }

  private ask(query: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}` };
    return fetch(`${this.url}/v1/events?${query}`, { headers, signal: this.ended.signal });
  }
}
