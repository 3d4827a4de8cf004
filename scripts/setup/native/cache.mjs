import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from '../lock.mjs';
import { cacheFolder } from '../paths.mjs';

/**
 * A built add-on lies in the user's cache folder under a key that names everything it depends on, so that a second clone
 * only copies it. Beside the file stands its checksum: a damaged cache entry is built anew.
 *
 * @typedef {object} CacheKey
 * @property {string} name the add-on
 * @property {string} version of the package it comes from
 * @property {string} abi Node's ABI, or `napi-N` for an add-on that uses only the stable C API
 * @property {Record<string, string>} libraries system packages and their versions
 * @property {string} recipe hash of the build recipe and of our own sources
 */

/** Folder name of a key: readable in front, exact behind. @param {CacheKey} key */
export function cacheKeyName(key) {
  const whole = { ...key, platform: process.platform, architecture: process.arch };
  return `${key.name}-${key.version}-${key.abi}-${process.arch}-${digest(JSON.stringify(whole)).slice(0, 16)}`;
}

/** sha256 in hex of a text or of bytes. @param {string | Uint8Array} content */
export function digest(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** Hash over the contents of files, in the order given. @param {readonly string[]} files */
export async function digestFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file)).update('\0');
  return hash.digest('hex');
}

/**
 * Puts the add-on at `target`: leaves it when it is the right one, else copies it from the cache, else builds it.
 * @param {object} options
 * @param {CacheKey} options.key
 * @param {string} options.target where the package looks for it
 * @param {(outputFile: string, workFolder: string) => Promise<void>} options.build
 * @param {(text: string) => void} [options.tell] progress
 * @returns {Promise<'there already' | 'from cache' | 'built'>}
 */
export async function provideAddon({ key, target, build, tell = () => undefined }) {
  const keyName = cacheKeyName(key);
  const stampFile = `${target}.key`;
  if (await isInPlace(target, stampFile, keyName)) return 'there already';

  const folder = join(cacheFolder, 'native');
  const entry = join(folder, keyName);
  // Two clones that want the same build: the second waits and copies.
  return withLock(join(folder, `.${keyName}.lock`), tell, async () => {
    const outcome = (await entryIsSound(entry)) ? 'from cache' : 'built';
    if (outcome === 'built') await buildEntry(entry, key, build);
    await putInPlace(join(entry, 'addon.node'), target);
    await writeFile(stampFile, `${keyName} ${digest(await readFile(target))}\n`);
    return outcome;
  });
}

async function putInPlace(source, target) {
  await mkdir(dirname(target), { recursive: true });
  // A name of our own first: a process that has the old file loaded keeps it, and nobody sees half a file.
  const temporary = `${target}.${process.pid}.new`;
  await copyFile(source, temporary);
  await rename(temporary, target);
}

async function isInPlace(target, stampFile, keyName) {
  const stamp = await readFile(stampFile, 'utf8').catch(() => '');
  const [name, sum] = stamp.trim().split(' ');
  if (name !== keyName) return false;
  const bytes = await readFile(target).catch(() => undefined);
  return bytes !== undefined && digest(bytes) === sum;
}

async function entryIsSound(entry) {
  const description = await readFile(join(entry, 'build.json'), 'utf8').catch(() => undefined);
  if (description === undefined) return false;
  const bytes = await readFile(join(entry, 'addon.node')).catch(() => undefined);
  return bytes !== undefined && digest(bytes) === JSON.parse(description).sha256;
}

async function buildEntry(entry, key, build) {
  await mkdir(dirname(entry), { recursive: true });
  await removeAbandonedBuilds(dirname(entry));
  const work = await mkdtemp(join(dirname(entry), '.building-'));
  try {
    const ready = join(work, 'ready');
    await mkdir(ready);
    const file = join(ready, 'addon.node');
    await build(file, work);
    const description = { ...key, sha256: digest(await readFile(file)), builtWith: process.version };
    await writeFile(join(ready, 'build.json'), `${JSON.stringify(description, undefined, 2)}\n`);
    await rm(entry, { recursive: true, force: true });
    await rename(ready, entry);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Of set-ups that were killed: nothing builds for a day. */
async function removeAbandonedBuilds(folder) {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.building-')) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 86_400_000) await rm(join(folder, name), { recursive: true, force: true });
  }
}
