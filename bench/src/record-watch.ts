import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/**
 * Sees records being committed: listens to the same doorbell as consumers do and counts attendance logs, which are
 * committed in one transaction with the record they change.
 */
export class RecordWatch {
  private rings = 0;
  private wake: (() => void) | undefined;

  private constructor(private readonly client: pg.Client) {
    client.on('notification', () => {
      this.rings += 1;
      this.wake?.();
    });
  }

  static async open(ownerUrl: string): Promise<RecordWatch> {
    const client = new pg.Client({ connectionString: ownerUrl, application_name: 'rollcall-bench' });
    await client.connect();
    await client.query('listen rollcall_events');
    return new RecordWatch(client);
  }

  /** Attendance logs so far. */
  async logCount(): Promise<number> {
    const { rows } = await this.client.query<{ count: string }>('select count(*) from attendance_logs');
    return Number(rows[0]?.count);
  }

  /** Events so far, of whatever type. */
  async eventCount(): Promise<number> {
    const { rows } = await this.client.query<{ count: string }>('select count(*) from events');
    return Number(rows[0]?.count);
  }

  /** Resolves once there are `target` attendance logs; looks after each ring but at most every `restMs`, and every second should a ring be lost. */
  async untilLogCount(target: number, restMs = 0, limitMs = 600_000): Promise<void> {
    const until = performance.now() + limitMs;
    for (;;) {
      const seen = this.rings;
      const count = await this.logCount();
      if (count >= target) return;
      if (performance.now() > until)
        throw new Error(`only ${String(count)} of ${String(target)} frames became attendance`);
      if (restMs > 0) await delay(restMs);
      if (seen === this.rings) await this.nextRing(1000);
    }
  }

  /** Process id of the server all connections belong to. */
  async postmasterPid(): Promise<number> {
    const { rows } = await this.client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const stat = readFileSync(`/proc/${String(rows[0]?.pid)}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async nextRing(limitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
