import { AppError } from '@rollcall/service-kit';

/** One entity tag (RFC 9110, 8.8.3): weak or strong, any visible text between the quotes. */
const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/** How `entityTag` writes a version. */
const VERSION = /^(?:0|[1-9]\d{0,14})$/;

/** What stands in `ETag` for a thing of this version, a whole number. */
export function entityTag(version: number): string {
  return `"${String(version)}"`;
}

/**
 * The version a caller has read and wants to change, from `If-Match`.
 *
 * Exactly one strong tag is taken. `*` would change whatever is there, which is what the header is required against: it
 * counts as no header at all. A weak tag never matches (RFC 9110, 13.1.1), nor does one that was not made here. Several
 * tags are refused: nobody has read several versions last.
 *
 * @throws PRECONDITION_REQUIRED without the header or for `*`; PRECONDITION_FAILED for a tag that can match nothing;
 * VALIDATION_FAILED for what is not one entity tag.
 */
export function readIfMatch(headers: Readonly<Record<string, string | readonly string[] | undefined>>): number {
  const header = headers['if-match'];
  if (header === undefined) throw new AppError('PRECONDITION_REQUIRED');
  const text = typeof header === 'string' ? header.trim() : '';
  if (text === '*')
    throw new AppError('PRECONDITION_REQUIRED', { message: 'If-Match: * is not taken; send the ETag.' });
  const [, weak, version] = ENTITY_TAG.exec(text) ?? [];
  if (version === undefined) {
    throw new AppError('VALIDATION_FAILED', {
      errors: [{ path: 'If-Match', code: 'WRONG_FORMAT', message: 'needs one entity tag in quotes, as ETag gave it' }],
    });
  }
  if (weak !== undefined || !VERSION.test(version)) throw new AppError('PRECONDITION_FAILED');
  return Number(version);
}
