import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../paths.mjs';
import { digestFiles, provideAddon } from './cache.mjs';
import { checkAddonLoads, compileAddon } from './compile.mjs';
import { systemPackageVersions } from './system-versions.mjs';

/** Node-API version: fixes the ABI, so that one build serves every Node. 8 is in all Nodes we serve. */
const NAPI_VERSION = 8;

const packageFolder = join(root, 'packages/faiss');

/**
 * Builds the FAISS binding of packages/faiss against the system's libfaiss.
 * @param {(text: string) => void} tell
 */
export async function buildFaiss(tell) {
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const files = (await readdir(join(packageFolder, 'native')))
    .sort()
    .map((file) => join(packageFolder, 'native', file));
  const recipe = ['./faiss.mjs', './compile.mjs'].map((file) => fileURLToPath(new URL(file, import.meta.url)));
  return provideAddon({
    tell,
    key: {
      name: 'faiss',
      version,
      abi: `napi-${NAPI_VERSION}`,
      libraries: systemPackageVersions(['libfaiss-dev', 'libopenblas-dev']),
      recipe: await digestFiles([...recipe, ...files]),
    },
    target: join(packageFolder, 'build/rollcall_faiss.node'),
    build: (outputFile, workFolder) =>
      build({ sources: files.filter((file) => file.endsWith('.cc')), outputFile, workFolder, tell }),
  });
}

async function build({ sources, outputFile, workFolder, tell }) {
  await compileAddon({
    name: 'faiss',
    sources,
    includes: [join(root, 'node_modules/node-api-headers/include'), join(root, 'node_modules/node-addon-api')],
    flags: [
      '-std=c++17',
      '-O2',
      '-Wall',
      '-fvisibility=hidden',
      '-fopenmp',
      `-DNAPI_VERSION=${NAPI_VERSION}`,
      '-DNODE_ADDON_API_CPP_EXCEPTIONS',
    ],
    linkArguments: [
      // Our inner product is met first and wins over the one in libfaiss.
      '-Wl,-z,muldefs',
      '-l:libfaiss.a',
      '-fopenmp',
      // FAISS's own symbols stay inside: another add-on may bring another FAISS.
      '-Wl,--exclude-libs,ALL',
      '-Wl,--gc-sections',
      '-Wl,--as-needed',
      '-llapack',
      '-lblas',
    ],
    workFolder,
    outputFile,
    tell,
  });
  await checkAddonLoads('faiss', outputFile);
}
