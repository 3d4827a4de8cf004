import { hash } from 'node:crypto';
import { access, mkdir, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { assertObjectKey } from './object-key.js';
import type { ObjectStore } from './object-store.js';
import { fileErrorCode, toStorageError } from './storage-error.js';
import { walkObjects, walkUnfinished } from './walk-objects.js';
import { readFolderClock } from './read-folder-clock.js';
import { readWholeFile } from './read-whole-file.js';
import { syncFolder, writeFileAtomically } from './write-file-atomically.js';

const OWNER_ONLY_FOLDER = 0o700;

export interface LocalObjectStoreOptions {
  /** Folder that holds the objects; made when the first object comes. */
  readonly root: string;
  /**
   * Wait for the disk on every write and delete (default). Without it an object written in the last seconds before a
   * power cut can be missing or empty although its row is there; a crash of the process loses nothing either way.
   */
  readonly durable?: boolean;
  /**
   * Asked before a folder is made, throws when the root is not the one it should be: a folder that is missing may be one of a
   * disk that is not mounted, and what is written in its place is hidden once it is.
   */
  readonly verifyRoot?: () => Promise<void>;
  /** How a file is written; for tests that need a disk that fails. */
  readonly writeFile?: typeof writeFileAtomically;
}

/** Objects as files of a local folder, readable by their owner alone. */
export function createLocalObjectStore(options: LocalObjectStoreOptions): ObjectStore {
  const root = resolve(options.root);
  const durable = options.durable ?? true;
  const writeFile = options.writeFile ?? writeFileAtomically;
  /** Folders known to be there; one an organization and month, so the set stays small. */
  const folders = new Set<string>();

  function pathOf(key: string): string {
    return join(root, assertObjectKey(key));
  }

  async function makeFolder(folder: string): Promise<void> {
    await options.verifyRoot?.();
    const firstMade = await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    if (durable && firstMade !== undefined) {
      for (let made = folder; made.length >= firstMade.length; made = dirname(made)) await syncFolder(dirname(made));
    }
    folders.add(folder);
  }

  async function write(path: string, bytes: Uint8Array): Promise<void> {
    const folder = dirname(path);
    if (!folders.has(folder)) await makeFolder(folder);
    try {
      await writeFile(path, bytes, durable);
    } catch (error) {
      if (fileErrorCode(error) !== 'ENOENT') throw error;
      // Someone removed the folder since we made it.
      await makeFolder(folder);
      await writeFile(path, bytes, durable);
    }
  }

  return {
    async put(key, bytes, { sha256 } = {}) {
      const path = pathOf(key);
      try {
        await write(path, bytes);
      } catch (error) {
        throw toStorageError(error);
      }
      return { sha256: sha256 ?? hash('sha256', bytes, 'buffer'), size: bytes.byteLength };
    },

    async get(key) {
      try {
        return await readWholeFile(pathOf(key));
      } catch (error) {
        throw toStorageError(error);
      }
    },

    async delete(key) {
      const path = pathOf(key);
      try {
        await unlink(path);
      } catch (error) {
        if (fileErrorCode(error) === 'ENOENT') return false;
        throw error;
      }
      if (durable) await syncFolder(dirname(path));
      return true;
    },

    async exists(key) {
      const path = pathOf(key);
      try {
        await access(path);
        return true;
      } catch (error) {
        if (fileErrorCode(error) === 'ENOENT') return false;
        throw error;
      }
    },

    list: (listOptions) => walkObjects(root, listOptions),

    async removeUnfinished(olderThan) {
      let count = 0;
      for await (const path of walkUnfinished(root, olderThan)) {
        await unlink(path);
        count += 1;
      }
      return count;
    },

    now: () => readFolderClock(root),
  };
}
