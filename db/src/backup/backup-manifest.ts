import { createValidator } from '@rollcall/contracts';
import { Type, type Static } from '@sinclair/typebox';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';
import { digestFile } from './archive-folder.js';
import { BackupError } from './backup-error.js';

/** Written last: a folder without it is no backup. */
const MANIFEST = 'backup.json';

const Packed = Type.Object({
  name: Type.String({ pattern: '^[a-z-]+(\\.[a-z]+)+$' }),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});

/** What a backup says of itself. */
export const BackupManifest = Type.Object({
  format: Type.Literal(1),
  /** `cluster`: the files of the embedded PostgreSQL; `dump`: by pg_dump. */
  database: Type.Union([Type.Literal('cluster'), Type.Literal('dump')]),
  created_at: Type.String({ format: 'date-time' }),
  /** 15, 18 … */
  postgres_version: Type.Integer({ minimum: 15 }),
  /** Newest migration of its database. */
  migration: Type.String(),
  /** Epoch of its event log. */
  epoch: Type.Integer({ minimum: 0 }),
  files: Type.Array(Packed, { minItems: 1 }),
});

export type BackupManifest = Static<typeof BackupManifest>;

const check = createValidator(BackupManifest);

/** Describes what stands in the folder: it is a backup from then on. */
export async function writeManifest(
  folder: string,
  names: readonly string[],
  about: Omit<BackupManifest, 'format' | 'files'>,
): Promise<BackupManifest> {
  const files = [];
  for (const name of names) files.push({ name, ...(await digestFile(join(folder, name))) });
  const manifest: BackupManifest = { format: 1, ...about, files };
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  return manifest;
}

/** Reads a backup and compares every file with its digest. @throws BackupError when it is none, or not whole. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const manifest = await parse(folder);
  for (const { name, bytes, sha256 } of manifest.files) {
    const found = await digestFile(join(folder, name)).catch((error: unknown) => {
      throw new BackupError(`The backup's ${name} cannot be read (${errorCode(error)}).`);
    });
    if (found.bytes !== bytes || found.sha256 !== sha256) {
      throw new BackupError(`The backup's ${name} is damaged: its digest is not the one in ${MANIFEST}.`);
    }
  }
  return manifest;
}

async function parse(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: unknown) => {
    throw new BackupError(
      `${folder} is no backup, or one that was broken off: it has no ${MANIFEST} (${errorCode(error)}).`,
    );
  });
  const result = check(parseJson(text));
  if (!result.ok) throw new BackupError(`${join(folder, MANIFEST)} is damaged, or of a newer Rollcall.`);
  return result.value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
