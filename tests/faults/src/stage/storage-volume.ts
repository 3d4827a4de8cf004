import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';

const FULL_SIZE = '4g';

/** The folder of images as a file system of its own, which can be full or read-only although root writes into it. */
export interface StorageVolume {
  readonly root: string;
  /** Why it is a plain folder and its faults have to be left out; undefined when it is a volume. */
  readonly missing: string | undefined;
  /** @throws Error when something was written in the same moment: try again. */
  fill(): void;
  /** @throws Error while a file is being written: try again. */
  makeReadOnly(): void;
  /** Room to write again. */
  restore(): void;
  close(): void;
}

/** A tmpfs where mounts are allowed (see `enterMountNamespace`), else a plain folder. */
export function openStorageVolume(root: string): StorageVolume {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const missing = mountVolume(root);
  const remount = (options: string): void => run('mount', ['-o', `remount,${options}`, root]);
  return {
    root,
    missing,
    fill() {
      const { blocks, bfree, bsize } = statfsSync(root);
      // As large as what is in it: not a page more can be written.
      remount(`size=${Math.max(1, blocks - bfree) * bsize}`);
    },
    makeReadOnly: () => remount('ro'),
    restore: () => remount(`rw,size=${FULL_SIZE}`),
    close() {
      if (missing === undefined) run('umount', ['-l', root]);
    },
  };
}

function mountVolume(root: string): string | undefined {
  try {
    run('mount', ['-t', 'tmpfs', '-o', `size=${FULL_SIZE},mode=700`, 'rollcall-faults', root]);
    return undefined;
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n')[0];
    return `mounts are not allowed here (${said ?? 'no mount'})`;
  }
}

function run(file: string, args: string[]): void {
  execFileSync(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}
