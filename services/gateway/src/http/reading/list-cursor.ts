import { AppError } from '@rollcall/service-kit';

/** The place after which a list goes on, as clients see it: opaque, safe in a URL. */
export function encodeListCursor(parts: readonly string[]): string {
  return Buffer.from(parts.join('~')).toString('base64url');
}

export const cursorParts = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  date: /^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  /** Small enough for a bigint, and for `slice`. */
  integer: /^\d{1,15}$/,
  /** Of a column of type integer. */
  int4: /^(?:\d{1,9}|1\d{9}|20\d{8})$/,
  /** Microseconds since 1970, to the year 2286: exact in a double. */
  microseconds: /^\d{1,16}$/,
} as const;

/**
 * Reads a cursor of the given parts.
 *
 * @throws INVALID_CURSOR for anything `encodeListCursor` cannot have made of such parts.
 */
export function decodeListCursor<const Forms extends readonly RegExp[]>(
  text: string,
  forms: Forms,
): { readonly [Index in keyof Forms]: string } {
  const parts = Buffer.from(text, 'base64url').toString('latin1').split('~');
  const fits = parts.length === forms.length && forms.every((form, index) => form.test(parts[index] ?? ''));
  if (!fits || encodeListCursor(parts) !== text) throw new AppError('INVALID_CURSOR');
  return parts as unknown as { readonly [Index in keyof Forms]: string };
}

/**
 * Cuts a list that was read with one row more than asked for, and says where to go on: null at its end.
 *
 * @param rows `limit + 1` rows at most.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => readonly string[],
): { readonly page: Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: rows.length > limit && last !== undefined ? encodeListCursor(cursorOf(last)) : null };
}
