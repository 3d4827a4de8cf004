import pg from 'pg';

/** Counts the commits that rang the doorbell of requests: PostgreSQL delivers one notification for each. */
export class RingCount {
  private rings = 0;

  private constructor(private readonly client: pg.Client) {
    client.on('notification', () => {
      this.rings += 1;
    });
  }

  static async open(ownerUrl: string): Promise<RingCount> {
    const client = new pg.Client({ connectionString: ownerUrl, application_name: 'rollcall-bench-rings' });
    await client.connect();
    await client.query('listen rollcall_requests');
    return new RingCount(client);
  }

  /** Rings since the last call, after a round trip that brings all that were sent before. */
  async take(): Promise<number> {
    await this.client.query('select 1');
    const { rings } = this;
    this.rings = 0;
    return rings;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
