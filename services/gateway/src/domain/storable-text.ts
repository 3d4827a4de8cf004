/** NUL, and a half of a surrogate pair without its other half (with the flag u, a pair is one character). */
const UNSTORABLE = /[\0\p{Cs}]/u;
/** What a decoder leaves in the place of bytes that were no UTF-8. */
const DAMAGE = '\uFFFD';

/** Why the database cannot hold a text; undefined when it can. */
export function whyUnstorable(text: string): string | undefined {
  return UNSTORABLE.test(text) ? 'has NUL characters or halves of characters' : undefined;
}

/**
 * Why a text cannot be kept as it was meant: as `whyUnstorable`, or its bytes were no UTF-8. A name with U+FFFD was damaged on
 * its way, a password with it is not the one that was typed.
 */
export function whyNotKept(text: string): string | undefined {
  return whyUnstorable(text) ?? (text.includes(DAMAGE) ? 'was damaged on its way: its bytes were no UTF-8' : undefined);
}
