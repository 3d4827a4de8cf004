import type { ClientBase } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import type { AffectedPerson } from '../../../data-access/affected-people.js';

/**
 * A person of the organization of the transaction.
 *
 * @param options.gone also somebody who was removed.
 * @throws USER_NOT_FOUND
 */
export async function requirePerson(
  client: ClientBase,
  userId: string,
  options: { readonly gone?: boolean } = {},
): Promise<AffectedPerson> {
  const { rows } = await client.query<AffectedPerson & { readonly is_deleted: boolean }>(
    'select id, is_deleted from users where id = $1',
    [userId],
  );
  const [person] = rows;
  if (person === undefined || (person.is_deleted && options.gone !== true)) throw new AppError('USER_NOT_FOUND');
  return { id: person.id };
}
