import { startHalfOpenProxy, type HalfOpenProxy } from '@rollcall/testkit/rollcall';

/** Connections of one process to the database under one name, as the process itself gives it. */
export interface HeldConnections {
  /** Label of the process's slot. */
  readonly process: string;
  readonly application: string;
  readonly count: number;
}

/** One proxy between each service process and the database. */
export class DatabaseRoutes {
  private readonly proxies = new Map<string, HalfOpenProxy>();

  /** The database by way of a proxy of this process alone; `process` is the label of its slot. */
  async route(databaseUrl: string, process: string): Promise<string> {
    const url = new URL(databaseUrl);
    const proxy = await startHalfOpenProxy({ host: url.hostname, port: Number(url.port) });
    this.proxies.set(process, proxy);
    url.host = `127.0.0.1:${proxy.port}`;
    return url.href;
  }

  all(): HalfOpenProxy[] {
    return [...this.proxies.values()];
  }

  /** Connections through which something can pass. */
  liveCount(): number {
    return this.all().reduce((sum, { liveCount }) => sum + liveCount, 0);
  }

  /** The same, by process and name. */
  held(): HeldConnections[] {
    return [...this.proxies].flatMap(([process, proxy]) => {
      const counts = new Map<string, number>();
      for (const opening of proxy.openings()) {
        const application = applicationOf(opening);
        counts.set(application, (counts.get(application) ?? 0) + 1);
      }
      return [...counts].map(([application, count]) => ({ process, application, count }));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((proxy) => proxy.close()));
  }
}

/** `application_name` of PostgreSQL's startup message: names and values in turn, each ended by a zero byte. */
function applicationOf(opening: string): string {
  const fields = opening.split('\0');
  return fields[fields.indexOf('application_name') + 1] ?? '';
}
