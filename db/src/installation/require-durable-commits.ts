import pg from 'pg';
import { ClusterError } from '../cluster/cluster-error.js';

interface Durability {
  readonly commits: string;
  /** Statement that sets it right for the role in this database, whatever server, database or role say. */
  readonly remedy: string;
  readonly off: readonly string[];
}

/**
 * Refuses login roles whose commits do not wait for the disk: what Rollcall answered for could be lost by a crash, and readers
 * could pass over events for good (ids of lost transactions are given out again).
 *
 * @param urls of the login roles that write.
 * @param warn told when the server as a whole trusts that the machine never stops.
 * @throws ClusterError that says how to set it right.
 */
export async function requireDurableCommits(urls: readonly string[], warn: (line: string) => void): Promise<void> {
  const found: Durability[] = [];
  for (const url of urls) found.push(await readDurability(url));
  const careless = found.filter(({ commits }) => commits === 'off');
  if (careless.length > 0) {
    throw new ClusterError(
      'Commits of Rollcall do not wait for the disk here (synchronous_commit is off): a crash would lose what it has accepted. ' +
        `Set it right:\n${careless.map(({ remedy }) => `  ${remedy}`).join('\n')}`,
    );
  }
  const off = found[0]?.off ?? [];
  if (off.length > 0) warn(`This server may lose its data when the machine stops: ${off.join(' and ')} off`);
}

async function readDurability(url: string): Promise<Durability> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Durability>(
      `select current_setting('synchronous_commit') as commits,
              format('alter role %I in database %I set synchronous_commit = ''on'';', session_user, current_database()) as remedy,
              array(select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name) as off`,
    );
    return rows[0] ?? { commits: '', remedy: '', off: [] };
  } finally {
    await client.end().catch(() => undefined);
  }
}
