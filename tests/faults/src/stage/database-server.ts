import { join } from 'node:path';
import { loadOrCreateSecrets, openCluster, type Cluster } from '@rollcall/db';
import { waitUntil } from '@rollcall/testkit/rollcall';
import { isGone, processTree } from './process-table.js';

/** The embedded PostgreSQL of an installation, with hands on its process. */
export class DatabaseServer {
  private constructor(
    private readonly stateDir: string,
    private readonly superuserPassword: string,
    private cluster: Cluster,
  ) {}

  /** Takes over the one that runs for this installation: closing is ours from now on. */
  static async takeOver(stateDir: string): Promise<DatabaseServer> {
    const { superuser } = await loadOrCreateSecrets(join(stateDir, 'secrets', 'database.json'));
    return new DatabaseServer(stateDir, superuser, await open(stateDir, superuser));
  }

  get port(): number {
    return this.cluster.port;
  }

  /** Of the superuser: who alone sees what all sessions do. */
  get adminUrl(): string {
    return this.cluster.urlOf('rollcall');
  }

  /** SIGKILL for the server and its sessions, or a polite end that writes everything first. Resolves when all are gone. */
  async stop(how: 'kill' | 'politely'): Promise<void> {
    const tree = processTree(this.cluster.pid);
    process.kill(this.cluster.pid, how === 'kill' ? 'SIGKILL' : 'SIGINT');
    // A new server must not start while a session of the old one still has the shared memory.
    await waitUntil('PostgreSQL is gone', () => tree.every(isGone), { everyMs: 5 });
  }

  /** Starts it again on the same port. */
  async start(): Promise<void> {
    const { port } = this.cluster;
    this.cluster = await open(this.stateDir, this.superuserPassword, port);
    if (this.cluster.port !== port) throw new Error('PostgreSQL came back on another port');
  }

  async close(): Promise<void> {
    await this.cluster.close();
  }
}

function open(stateDir: string, superuserPassword: string, port?: number): Promise<Cluster> {
  return openCluster({ stateDir, superuserPassword, ...(port === undefined ? {} : { port }) });
}
