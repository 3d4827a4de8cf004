import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The key that signs access tokens, made once and kept in a file only its owner reads.
 * @param {string} file
 * @returns {Promise<string>} 64 hexadecimal digits
 */
export async function loadOrCreateSecretKey(file) {
  const known = await read(file);
  if (known) return known;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  // A link fails where the file is there already: of two that start at once both end with the same key.
  await link(partial, file).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(partial);
  return read(file);
}

async function read(file) {
  const text = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim();
}
