import pg from 'pg';
import { ClusterError } from '../cluster/cluster-error.js';

interface Durability {
  readonly role: string;
  readonly commits: string;
  readonly lost: readonly string[];
}

/**
 * Refuses sessions whose commits do not wait for the disk: what Rollcall answered for could be lost by a crash, and readers
 * could pass over events for good (ids of lost transactions are given out again). Set where it may be: server, database, role.
 *
 * @param urls of the login roles that write.
 * @param warn told when the whole server trusts that the machine never stops.
 * @throws ClusterError that says how to set it right.
 */
export async function requireDurableCommits(urls: readonly string[], warn: (line: string) => void): Promise<void> {
  const found = await Promise.all(urls.map(readDurability));
  const careless = found.find(({ commits }) => commits === 'off');
  if (careless !== undefined) {
    throw new ClusterError(
      `Commits of ${careless.role} do not wait for the disk (synchronous_commit is off): a crash would lose what Rollcall has accepted. ` +
        `Set it right: alter role ${careless.role} set synchronous_commit = 'on';`,
    );
  }
  const [first] = found;
  if (first !== undefined && first.lost.length > 0) {
    warn(`This server may lose its data when the machine stops: ${first.lost.join(' and ')} off`);
  }
}

async function readDurability(url: string): Promise<Durability> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<Durability>(
      `select session_user::text as role, current_setting('synchronous_commit') as commits,
              array(select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name) as lost`,
    );
    return rows[0] ?? { role: '', commits: '', lost: [] };
  } finally {
    await client.end();
  }
}
