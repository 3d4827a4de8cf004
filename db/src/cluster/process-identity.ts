import { spawnSync, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ClusterError } from './cluster-error.js';

/** As whom Postgres runs; it refuses to run as root. */
export type ProcessIdentity =
  | { readonly kind: 'self' }
  /** Root outside, an ordinary user inside a user namespace: reads and writes root's files, also under a closed home. */
  | { readonly kind: 'mapped'; readonly uid: number; readonly gid: number }
  /** Another account: cannot reach a closed home, so binaries and data stand in a system folder. */
  | { readonly kind: 'account'; readonly uid: number; readonly gid: number };

export const ACCOUNT_NAME = 'rollcall-postgres';

/**
 * Finds out how Postgres can run here. As an ordinary user: as that user. As root: in a user namespace if the system
 * allows one in which `probe` (an executable) can be run and `folder` written to, else under an account of its own,
 * which is created when missing.
 */
export function chooseIdentity(probe: string, folder: string): ProcessIdentity {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const mapped = mappedIdentity();
  return mapped !== undefined && works(mapped, probe, folder) ? mapped : accountIdentity();
}

/** The command and options that start `file` under an identity, for `child_process`. */
export function commandFor(
  identity: ProcessIdentity,
  file: string,
  args: readonly string[],
): { file: string; args: string[]; options: Pick<SpawnOptions, 'uid' | 'gid'> } {
  if (identity.kind === 'self') return { file, args: [...args], options: {} };
  if (identity.kind === 'account') return { file, args: [...args], options: { uid: identity.uid, gid: identity.gid } };
  const map = ['--user', `--map-user=${identity.uid}`, `--map-group=${identity.gid}`, '--'];
  return { file: 'unshare', args: [...map, file, ...args], options: {} };
}

function works(identity: ProcessIdentity, probe: string, folder: string): boolean {
  const script = '"$1" --version && test -w "$2"';
  const { file, args, options } = commandFor(identity, 'sh', ['-c', script, 'sh', probe, folder]);
  return spawnSync(file, args, { ...options, stdio: 'ignore' }).status === 0;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

function accounts(): Account[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

/** initdb wants a user that has a name, so the namespace maps root to an account that exists; which one is no matter. */
function mappedIdentity(): ProcessIdentity | undefined {
  const account = accounts().find(({ uid }) => uid > 0);
  return account && { kind: 'mapped', uid: account.uid, gid: account.gid };
}

/** The account of its own, created when missing. */
export function accountIdentity(): ProcessIdentity {
  const known = (): Account | undefined => accounts().find(({ name }) => name === ACCOUNT_NAME);
  if (known() === undefined) {
    const args = [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
    ];
    spawnSync('useradd', [...args, ACCOUNT_NAME], { stdio: 'ignore' });
  }
  const account = known();
  if (account === undefined) {
    throw new ClusterError(
      `PostgreSQL cannot run as root here: allow user namespaces, create the system user ${ACCOUNT_NAME}, start as an ordinary user, or set DATABASE_URL.`,
    );
  }
  return { kind: 'account', uid: account.uid, gid: account.gid };
}
