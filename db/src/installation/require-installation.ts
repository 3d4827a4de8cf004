import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { accountFolder } from '../cluster/account-folder.js';
import { ClusterError } from '../cluster/cluster-error.js';

/**
 * Refuses a state folder in which no Rollcall has been started yet, without making anything in it.
 *
 * @param stateDir folder of the installation, from the root of the file system
 * @param isEmbedded whether its database has to be there as well
 * @throws ClusterError
 */
export async function requireInstallation(stateDir: string, isEmbedded: boolean): Promise<void> {
  const hasSecrets = await exists(join(stateDir, 'secrets', 'database.json'));
  if (hasSecrets && (!isEmbedded || (await hasData(stateDir)))) return;
  throw new ClusterError(
    `There is no installation in ${stateDir}. Check STATE_DIR and DATABASE_URL, in the environment and in .env; npm start makes one.`,
  );
}

async function hasData(stateDir: string): Promise<boolean> {
  const places = [stateDir, accountFolder(stateDir)];
  return (await Promise.all(places.map((place) => exists(join(place, 'postgres', 'PG_VERSION'))))).some(Boolean);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
