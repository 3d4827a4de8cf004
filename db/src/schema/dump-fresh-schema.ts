import { startThrowawayCluster } from '../cluster/throwaway-cluster.js';
import { newDatabaseSecrets } from '../installation/database-secrets.js';
import { loginRoles, urlFor } from '../installation/login-roles.js';
import { provision } from '../installation/provision.js';
import { migrate } from '../migrations/migrate.js';
import { dumpSchema } from './dump-schema.js';

/** The schema as migrations and functions make it in an empty database of a throwaway cluster. */
export async function dumpFreshSchema(binDir?: string): Promise<string> {
  const cluster = await startThrowawayCluster(binDir === undefined ? {} : { binDir });
  try {
    const roles = loginRoles(newDatabaseSecrets());
    await provision(cluster.urlOf('postgres'), roles);
    const ownerUrl = urlFor(cluster.urlOf('postgres'), roles.owner, 'rollcall_owner');
    await migrate(ownerUrl);
    return await dumpSchema(ownerUrl);
  } finally {
    await cluster.close();
  }
}
