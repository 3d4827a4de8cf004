import { newId } from '@rollcall/service-kit';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const OBJECT_KEY = new RegExp(`^${UUID}/\\d{4}-\\d{2}/${UUID}$`);

/**
 * A new key `organizationId/yyyy-mm/uuid7` (month in UTC). The organization comes first, so that all it has can be
 * found and erased; the month keeps folders of a size that can be listed.
 *
 * @param organizationId uuid in lower case.
 */
export function newObjectKey(organizationId: string, now: Date): string {
  return assertObjectKey(`${organizationId}/${now.toISOString().slice(0, 7)}/${newId(now)}`);
}

export function isObjectKey(text: string): boolean {
  return OBJECT_KEY.test(text);
}

/** @throws TypeError for anything but a key, above all for a path that would leave the storage's root. */
export function assertObjectKey(text: string): string {
  if (!isObjectKey(text)) throw new TypeError(`not an object key: ${JSON.stringify(text.slice(0, 120))}`);
  return text;
}
