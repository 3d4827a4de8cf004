import { AppError } from '@rollcall/service-kit';

const FULL_CODES: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** The code of a file system error (`ENOENT`), undefined for anything else. */
export function fileErrorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Turns what the file system says into an error of the table; what has no code of ours stays as it is. */
export function toStorageError(error: unknown): unknown {
  const code = fileErrorCode(error);
  if (FULL_CODES.has(code)) return new AppError('STORAGE_FULL', { cause: error });
  return code === 'ENOENT' ? new AppError('OBJECT_NOT_FOUND', { cause: error }) : error;
}
