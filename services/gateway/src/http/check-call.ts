import type { TObject } from '@sinclair/typebox';
import { createValidator, type Checked, type SchemaProblem } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import { isStorable } from '../domain/storable-text.js';

type Check = (value: unknown) => unknown;

/**
 * Makes a check that answers the value or refuses it with VALIDATION_FAILED and every problem.
 *
 * @param options.text the value is text (query, form): numbers are read from it and defaults filled in.
 */
export function createCheck(schema: TObject, options: { readonly text: boolean }): Check {
  const validate: (value: unknown) => Checked<unknown> = createValidator(schema, options);
  return (value) => {
    const result = validate(value);
    const problems = result.ok ? findUnstorableText(value) : result.problems;
    if (problems.length > 0) throw new AppError('VALIDATION_FAILED', { errors: problems });
    return value;
  };
}

/** Longer text is an image in base64, which is decoded and not stored as text. */
const LONGEST_STORED = 10_000;

/**
 * Text that cannot be kept as it was meant (see `isStorable`). What stands in a list is left to who reads
 * the list: one bad item need not lose the others.
 */
function findUnstorableText(value: unknown, path = ''): SchemaProblem[] {
  if (typeof value === 'string') {
    const isUnstorable = value.length <= LONGEST_STORED && !isStorable(value);
    return isUnstorable ? [{ path, code: 'WRONG_FORMAT', message: 'has characters that cannot be stored' }] : [];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => findUnstorableText(part, `${path}/${name}`));
}
