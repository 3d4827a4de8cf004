import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SetUpError } from '../set-up-error.mjs';

/**
 * Folder with the C++ headers (V8, node.h) of the running Node. Nothing is downloaded: Node's own archives, nvm, the
 * NodeSource packages and the official images all bring them beside the executable.
 * @returns {string}
 */
export function findNodeHeaders() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const candidates = [
    process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, 'include/node'),
    resolve(dirname(process.execPath), '../include/node'),
    '/usr/include/node', // Debian's and Ubuntu's libnode-dev
    join(cache, 'node-gyp', process.versions.node, 'include/node'), // after `npx node-gyp install`
  ];
  const found = candidates.find((folder) => folder && fits(folder));
  if (found) return found;
  throw new SetUpError(
    `Node ${process.versions.node} is here without its C++ headers: install Node from nodejs.org, nvm or NodeSource, ` +
      'or run `npx --yes node-gyp install` once and start again',
  );
}

/** Headers of another ABI would compile and then crash. */
function fits(folder) {
  const file = join(folder, 'node_version.h');
  if (!existsSync(file) || !existsSync(join(folder, 'v8.h'))) return false;
  return readFileSync(file, 'utf8').includes(`#define NODE_MODULE_VERSION ${process.versions.modules}`);
}

/** Compiler flags that this Node's headers ask for. */
export function nodeCompilerFlags() {
  const major = Number(process.versions.node.split('.')[0]);
  const { v8_enable_pointer_compression: compressed, v8_enable_sandbox: sandboxed } = process.config.variables;
  return [
    major >= 23 ? '-std=gnu++20' : '-std=gnu++17',
    '-DBUILDING_NODE_EXTENSION',
    '-DUSING_UV_SHARED=1',
    '-DUSING_V8_SHARED=1',
    '-D_FILE_OFFSET_BITS=64',
    // A Node built with these lays its objects out differently; the published builds have neither.
    ...(compressed ? ['-DV8_COMPRESS_POINTERS', '-DV8_31BIT_SMIS_ON_64BIT_ARCH'] : []),
    ...(sandboxed ? ['-DV8_ENABLE_SANDBOX'] : []),
  ];
}
