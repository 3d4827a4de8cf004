import { AppError, isAppError, toAppError } from '@rollcall/service-kit';
import multer from 'multer';

/** Finds the error of the table for anything thrown on the way of a call; what nobody knows is INTERNAL. */
export function classifyError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  if (thrown instanceof multer.MulterError) return fromMulter(thrown);
  return (
    fromBodyParser(thrown) ?? fromUri(thrown) ?? fromDatabase(thrown) ?? fromFileSystem(thrown) ?? toAppError(thrown)
  );
}

function fromMulter(error: multer.MulterError): AppError {
  const path = error.field ?? '';
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return new AppError('PAYLOAD_TOO_LARGE', {
        errors: [{ path, code: 'TOO_LARGE', message: 'The file has too many bytes.' }],
        cause: error,
      });
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_PART_COUNT':
      return new AppError('WRONG_IMAGE_COUNT', {
        errors: [{ path, code: 'TOO_MANY', message: 'There are too many files.' }],
        cause: error,
      });
    default:
      return new AppError('VALIDATION_FAILED', {
        errors: [{ path, code: 'INVALID', message: error.message }],
        cause: error,
      });
  }
}

/** Errors of Express's body parser carry a `type`. */
function fromBodyParser(thrown: unknown): AppError | undefined {
  switch ((thrown as { type?: unknown } | null)?.type) {
    case 'entity.parse.failed':
    case 'request.size.invalid':
    case 'request.aborted':
      return new AppError('MALFORMED_JSON', { cause: thrown });
    case 'entity.too.large':
      return new AppError('PAYLOAD_TOO_LARGE', { cause: thrown });
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError('UNSUPPORTED_MEDIA_TYPE', { cause: thrown });
    default:
      return undefined;
  }
}

/** `%zz` in a path. */
function fromUri(thrown: unknown): AppError | undefined {
  return thrown instanceof URIError ? new AppError('NOT_FOUND', { cause: thrown }) : undefined;
}

/** Network errors, and SQLSTATEs that say "not now": the call may be repeated. */
const NOT_NOW =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|08...|53...|57...|58...|40001|40P01|55P03|25P0[34]|25006)$/;
/** Words of pg for connections that end or do not come about; they have no code. */
const LOST =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error/;
/** Text that the database cannot hold (a NUL, a broken escape). */
const BAD_TEXT = /^(22021|22P05)$/;

function fromDatabase(thrown: unknown): AppError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const code = (thrown as { code?: unknown }).code;
  const lost = LOST.test(thrown.message);
  if (lost || (typeof code === 'string' && NOT_NOW.test(code))) {
    return new AppError('SERVICE_UNAVAILABLE', { cause: thrown });
  }
  return typeof code === 'string' && BAD_TEXT.test(code)
    ? new AppError('VALIDATION_FAILED', { cause: thrown })
    : undefined;
}

/** The storage cannot be written or read: broken, read-only, not mounted, not ours. */
const STORAGE_TROUBLE: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'ENOTDIR',
  'ENODEV',
  'EMFILE',
  'ENFILE',
  'ESTALE',
  'STORAGE_NOT_THERE',
  'STORAGE_OF_ANOTHER_INSTALLATION',
]);

function fromFileSystem(thrown: unknown): AppError | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return STORAGE_TROUBLE.has(code) ? new AppError('SERVICE_UNAVAILABLE', { cause: thrown }) : undefined;
}
