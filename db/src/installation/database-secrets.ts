import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClusterError } from '../cluster/cluster-error.js';
import { errorCode } from '../error-code.js';

/** Passwords of an installation's own roles. The suffix keeps several installations in one cluster apart. */
export interface DatabaseSecrets {
  /** 8 hexadecimal digits at the end of the names of the login roles. */
  readonly suffix: string;
  /** Of the embedded cluster's superuser. */
  readonly superuser: string;
  readonly owner: string;
  readonly gateway: string;
  readonly system: string;
}

export function newDatabaseSecrets(): DatabaseSecrets {
  const password = (): string => randomBytes(24).toString('base64url');
  const [superuser, owner, gateway, system] = [password(), password(), password(), password()];
  return { suffix: randomBytes(4).toString('hex'), superuser, owner, gateway, system };
}

/**
 * The secrets in a file, created with mode 0600 when there is none. Two processes that do so at once end with the same:
 * a complete file is linked into place, and the second link fails.
 */
export async function loadOrCreateSecrets(file: string): Promise<DatabaseSecrets> {
  const known = await read(file);
  if (known !== undefined) return known;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await open(partial, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(newDatabaseSecrets(), null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(partial, file).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  await rm(partial);
  return (await read(file)) ?? Promise.reject(new ClusterError(`${file} cannot be read.`));
}

async function read(file: string): Promise<DatabaseSecrets | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new ClusterError(`Cannot read the database passwords in ${file} (${errorCode(error)}).`);
  });
  if (text === undefined) return undefined;
  const secrets = parse(text);
  if (secrets === undefined)
    throw new ClusterError(`The database passwords in ${file} are damaged: restore the file from a backup.`);
  return secrets;
}

function parse(text: string): DatabaseSecrets | undefined {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof DatabaseSecrets, unknown>>;
    const complete = (['superuser', 'owner', 'gateway', 'system'] as const).every(
      (name) => typeof value[name] === 'string',
    );
    return complete && /^[0-9a-f]{8}$/.test(String(value.suffix)) ? (value as DatabaseSecrets) : undefined;
  } catch {
    return undefined;
  }
}
