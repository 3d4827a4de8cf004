import type { TObject } from '@sinclair/typebox';
import { createValidator, type Checked, type SchemaProblem } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import { whyNotKept, whyUnstorable } from '../domain/storable-text.js';

type Check = (value: unknown) => unknown;

export interface CheckOptions {
  /** The value is text (query, form): numbers are read from it and defaults filled in. */
  readonly text: boolean;
  /** Its text is kept, so it must be what was meant (see `whyNotKept`). What is only looked for may be anything the database can hold. */
  readonly kept: boolean;
  /** A list of the value whose items are left to who reads them: one bad item need not lose the others. */
  readonly judgedSingly?: string | undefined;
}

/** Makes a check that answers the value or refuses it with VALIDATION_FAILED and every problem. */
export function createCheck(schema: TObject, options: CheckOptions): Check {
  const validate: (value: unknown) => Checked<unknown> = createValidator(schema, { text: options.text });
  const faultOf = options.kept ? whyNotKept : whyUnstorable;
  const skipped = `/${options.judgedSingly ?? ''}`;

  function findFaults(value: unknown, path = ''): SchemaProblem[] {
    if (typeof value === 'string') {
      const fault = value.length <= LONGEST_STORED ? faultOf(value) : undefined;
      return fault === undefined ? [] : [{ path, code: 'WRONG_FORMAT', message: fault }];
    }
    if (typeof value !== 'object' || value === null || path === skipped) return [];
    return Object.entries(value).flatMap(([name, part]) => findFaults(part, `${path}/${name}`));
  }

  return (value) => {
    const result = validate(value);
    const problems = result.ok ? findFaults(value) : result.problems;
    if (problems.length > 0) throw new AppError('VALIDATION_FAILED', { errors: problems });
    return value;
  };
}

/** Longer text is an image in base64, which is decoded and not stored as text. */
const LONGEST_STORED = 10_000;
