import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statfsSync } from 'node:fs';

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
  /** Takes it away: an empty folder stands in its place, the mount point. Files that are open stay so. */
  unmount(): void;
  /**
   * Back in its place, with room to write.
   *
   * @throws Error when something was written into the empty folder meanwhile: nobody would see it again.
   */
  restore(): void;
  close(): void;
}

/** A tmpfs where mounts are allowed (see `enterMountNamespace`), else a plain folder. */
export function openStorageVolume(root: string): StorageVolume {
  // Mounted twice, so that it stays what it is while it is missing in the place where services look for it.
  const kept = `${root}-volume`;
  for (const folder of [root, kept]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const remount = (options: string): void => run('mount', ['-o', `remount,${options}`, kept]);
  const bind = (): void => run('mount', ['--bind', kept, root]);
  const missing = mountVolume(kept, bind);
  let inPlace = missing === undefined;
  return {
    root,
    missing,
    fill() {
      const { blocks, bfree, bsize } = statfsSync(kept);
      // As large as what is in it: not a page more can be written.
      remount(`size=${Math.max(1, blocks - bfree) * bsize}`);
    },
    makeReadOnly: () => remount('ro'),
    unmount() {
      run('umount', ['-l', root]);
      inPlace = false;
    },
    restore() {
      remount(`rw,size=${FULL_SIZE}`);
      if (inPlace) return;
      const stray = readdirSync(root);
      bind();
      inPlace = true;
      if (stray.length > 0) throw new Error(`written where no volume was mounted: ${stray.join(', ')}`);
    },
    close() {
      if (missing !== undefined) return;
      if (inPlace) run('umount', ['-l', root]);
      run('umount', ['-l', kept]);
    },
  };
}

function mountVolume(folder: string, bind: () => void): string | undefined {
  let mounted = false;
  try {
    run('mount', ['-t', 'tmpfs', '-o', `size=${FULL_SIZE},mode=700`, 'rollcall-faults', folder]);
    mounted = true;
    bind();
    return undefined;
  } catch (error) {
    if (mounted) run('umount', ['-l', folder]);
    const said = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n')[0];
    return `mounts are not allowed here (${said ?? 'no mount'})`;
  }
}

function run(file: string, args: string[]): void {
  execFileSync(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}
