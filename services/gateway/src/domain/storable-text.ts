/**
 * NUL, a half of a surrogate pair without its other half (with the flag u, a pair is one character), and U+FFFD: what a
 * decoder leaves in the place of bytes that were no UTF-8. A name with it was damaged on its way, a password with it is
 * not the one that was typed.
 */
const UNSTORABLE = /[\0\p{Cs}\uFFFD]/u;

/** Whether text can be kept as it was meant: the database cannot hold the others, or they were damaged before they came. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}
