import { startHalfOpenProxy, type HalfOpenProxy, type ServiceName } from '@rollcall/testkit/rollcall';

/** One proxy a service between it and the database. */
export class DatabaseRoutes {
  private readonly proxies = new Map<ServiceName, HalfOpenProxy>();

  /** The database by way of the service's proxy. */
  async route(databaseUrl: string, service: ServiceName): Promise<string> {
    const url = new URL(databaseUrl);
    const proxy = await startHalfOpenProxy({ host: url.hostname, port: Number(url.port) });
    this.proxies.set(service, proxy);
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

  async close(): Promise<void> {
    await Promise.all(this.all().map((proxy) => proxy.close()));
  }
}
