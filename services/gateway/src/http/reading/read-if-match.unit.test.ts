import { isAppError } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { entityTag, readIfMatch } from './read-if-match.js';

function codeOf(header: string | string[] | undefined): string {
  try {
    readIfMatch({ 'if-match': header });
  } catch (error) {
    if (isAppError(error)) return error.code;
  }
  return 'taken';
}

describe('readIfMatch', () => {
  it.each([0, 1, 7, 2_147_483_647, 999_999_999_999_999])('reads the tag of version %d back', (version) => {
    expect(readIfMatch({ 'if-match': entityTag(version) })).toBe(version);
    expect(readIfMatch({ 'if-match': ` ${entityTag(version)} ` })).toBe(version);
  });

  it.each([
    [undefined, 'PRECONDITION_REQUIRED'],
    ['*', 'PRECONDITION_REQUIRED'],
    ['W/"7"', 'PRECONDITION_FAILED'],
    ['"07"', 'PRECONDITION_FAILED'],
    ['"7-gzip"', 'PRECONDITION_FAILED'],
    ['""', 'PRECONDITION_FAILED'],
    ['"-1"', 'PRECONDITION_FAILED'],
    ['"9999999999999999"', 'PRECONDITION_FAILED'],
    ['', 'VALIDATION_FAILED'],
    ['7', 'VALIDATION_FAILED'],
    ['"7', 'VALIDATION_FAILED'],
    ['w/"7"', 'VALIDATION_FAILED'],
    ['"7", "8"', 'VALIDATION_FAILED'],
    ['"7 8"', 'VALIDATION_FAILED'],
    [['"7"', '"8"'], 'VALIDATION_FAILED'],
  ])('%j is %s', (header, code) => {
    expect(codeOf(header)).toBe(code);
  });
});
