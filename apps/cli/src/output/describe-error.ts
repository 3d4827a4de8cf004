import { ApiError } from '../api/api-error.js';

/** What went wrong, for people: the message with its code, each field that is wrong, and the id to report it by. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) {
    const reference = error.requestId === undefined ? '' : `, request ${error.requestId}`;
    const fields = error.errors.map(({ path, code, message }) => `  ${path || '/'}: ${message} (${code})`);
    return [`✘ ${error.message} (${error.code}${reference})`, ...fields].join('\n');
  }
  return `✘ ${error instanceof Error ? error.message : String(error)}`;
}
