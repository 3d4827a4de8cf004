import type { ClientBase } from '@rollcall/postgres';

export interface NewPin {
  readonly userId: string;
  readonly organizationId: string;
  readonly hash: string;
  readonly setBy: string;
}

/** Sets or replaces a person's PIN; false when there is no such person. */
export async function upsertPin(
  client: ClientBase,
  pin: NewPin,
): Promise<{ readonly setAt: Date; readonly replaced: boolean } | undefined> {
  const { rows } = await client.query<{ set_at: Date; replaced: boolean }>({
    name: 'upsert-pin',
    text: `insert into user_pins (user_id, organization_id, pin_hash, set_by)
           select u.id, u.organization_id, $3, $4 from users as u
           where u.id = $1 and u.organization_id = $2 and not u.is_deleted
           on conflict (user_id) do update set pin_hash = excluded.pin_hash, set_by = excluded.set_by, set_at = now()
           returning set_at, xmax <> 0 as replaced`,
    values: [pin.userId, pin.organizationId, pin.hash, pin.setBy],
  });
  const [row] = rows;
  return row && { setAt: row.set_at, replaced: row.replaced };
}

/** Hashes a PIN anew that is the same. */
export async function rehashPin(client: ClientBase, userId: string, before: string, hash: string): Promise<void> {
  await client.query({
    name: 'rehash-pin',
    text: 'update user_pins set pin_hash = $3 where user_id = $1 and pin_hash = $2',
    values: [userId, before, hash],
  });
}

export async function deletePin(client: ClientBase, userId: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'delete-pin',
    text: 'delete from user_pins where user_id = $1',
    values: [userId],
  });
  return rowCount === 1;
}

export interface PinHolder {
  readonly userId: string;
  readonly fullName: string;
  readonly isActive: boolean;
  readonly pinHash: string | null;
}

/** A person of the organization of the transaction, by id or employee code. */
export async function findPinHolder(
  client: ClientBase,
  { userId, employeeCode }: { readonly userId: string | null; readonly employeeCode: string | null },
): Promise<PinHolder | undefined> {
  const { rows } = await client.query<{ id: string; full_name: string; is_active: boolean; pin_hash: string | null }>({
    name: 'find-pin-holder',
    text: `select u.id, u.full_name, u.is_active, n.pin_hash
           from users as u
           left join user_profiles as p on p.user_id = u.id
           left join user_pins as n on n.user_id = u.id
           where not u.is_deleted and (u.id = $1 or ($1::uuid is null and p.employee_code = $2))`,
    values: [userId, employeeCode],
  });
  const [row] = rows;
  return row && { userId: row.id, fullName: row.full_name, isActive: row.is_active, pinHash: row.pin_hash };
}
