import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../paths.mjs';
import { SetUpError } from '../set-up-error.mjs';
import { digestFiles, provideAddon } from './cache.mjs';
import { checkAddonLoads, compileAddon } from './compile.mjs';
import { findNodeHeaders, nodeCompilerFlags } from './node-headers.mjs';
import { systemPackageVersions } from './system-versions.mjs';

/**
 * OpenCV's modules we use. The package's own build takes every module that libopencv-dev knows (12 minutes on two cores);
 * this takes a tenth of it. imdecode and imencode are only there when HIGHGUI, IMGCODECS and VIDEOIO are defined together.
 */
const MODULES = ['core', 'imgproc', 'imgcodecs', 'objdetect', 'highgui', 'videoio'];
/** Folders of the package's sources that belong to these modules; each is compiled whole. */
const SOURCE_FOLDERS = ['core', 'imgproc', 'io', 'objdetect', 'highgui'];
const SOURCES = ['opencv4nodejs.cc', 'CustomMatAllocator.cc', 'ExternalMemTracking.cc'];

const INCLUDE_FOLDERS = ['/usr/include/opencv4', '/usr/local/include/opencv4'];

/**
 * Builds @u4/opencv4nodejs from its package's own sources against the system's OpenCV and puts it where the package's
 * loader looks for it.
 * @param {(text: string) => void} tell
 */
export async function buildOpencv(tell) {
  const packageFolder = join(root, 'node_modules/@u4/opencv4nodejs');
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  return provideAddon({
    tell,
    key: {
      name: 'opencv4nodejs',
      version,
      abi: `abi-${process.versions.modules}`,
      libraries: systemPackageVersions(MODULES.map((module) => `libopencv-${module}-dev`)),
      recipe: await recipeHash(),
    },
    target: join(packageFolder, 'build/Release/opencv4nodejs.node'),
    build: (outputFile, workFolder) => build({ packageFolder, outputFile, workFolder, tell }),
  });
}

async function build({ packageFolder, outputFile, workFolder, tell }) {
  const opencvHeaders = INCLUDE_FOLDERS.find((folder) => existsSync(join(folder, 'opencv2/core.hpp')));
  if (!opencvHeaders) throw new SetUpError("OpenCV's headers are missing: sudo apt-get install libopencv-core-dev");
  const sourceFolder = join(packageFolder, 'cc');
  const sources = SOURCES.map((file) => join(sourceFolder, file));
  for (const folder of SOURCE_FOLDERS) {
    const files = (await readdir(join(sourceFolder, folder))).filter((file) => file.endsWith('.cc')).sort();
    sources.push(...files.map((file) => join(sourceFolder, folder, file)));
  }
  await compileAddon({
    name: 'opencv4nodejs',
    sources,
    includes: [
      await writeModuleList(workFolder),
      findNodeHeaders(),
      join(root, 'node_modules/nan'),
      sourceFolder,
      join(sourceFolder, 'core'),
      join(sourceFolder, 'native-node-utils'),
      opencvHeaders,
    ],
    flags: [...nodeCompilerFlags(), '-O2', '-w', '-DNODE_GYP_MODULE_NAME=opencv4nodejs'],
    linkArguments: MODULES.map((module) => `-lopencv_${module}`),
    workFolder,
    outputFile,
    tell,
  });
  await checkAddonLoads('opencv4nodejs', outputFile);
}

/** The package compiles a module in when this header names it; ours stands before the system's. */
async function writeModuleList(workFolder) {
  const folder = join(workFolder, 'include');
  await mkdir(join(folder, 'opencv2'), { recursive: true });
  const lines = MODULES.map((module) => `#define HAVE_OPENCV_${module.toUpperCase()}\n`);
  await writeFile(join(folder, 'opencv2/opencv_modules.hpp'), lines.join(''));
  return folder;
}

function recipeHash() {
  return digestFiles(['./opencv4nodejs.mjs', './compile.mjs', './node-headers.mjs'].map(toPath));
}

function toPath(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}
