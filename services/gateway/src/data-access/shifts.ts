import { resolveShiftRules, type ShiftOut, type ShiftRules } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface ShiftRow {
  readonly shift_key: string;
  readonly version: number;
  readonly valid_from: string;
  readonly name: string;
  readonly rules: unknown;
  readonly is_retired: boolean;
  readonly created_at: Date;
}

const columns = 'shift_key, version, valid_from, name, rules, is_retired, created_at';

/** Shifts in their newest version, by name: those that come after one, as many as the limit (null: all of them). */
export async function listShifts(
  client: ClientBase,
  { after, limit }: { readonly after: string | null; readonly limit: number | null },
): Promise<ShiftOut[]> {
  const { rows } = await client.query<ShiftRow>(
    `with newest as (select distinct on (shift_key) ${columns} from shifts order by shift_key, version desc)
     select * from newest
     where $1::uuid is null or (name, shift_key) > (select name, shift_key from newest where shift_key = $1)
     order by name, shift_key limit $2`,
    [after, limit],
  );
  return rows.map(toShiftOut);
}

/** Versions of a shift below one (null: all of them), newest first. */
export async function listShiftVersions(
  client: ClientBase,
  shiftId: string,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<ShiftOut[]> {
  const { rows } = await client.query<ShiftRow>(
    `select ${columns} from shifts where shift_key = $1 and ($2::int is null or version < $2)
     order by version desc limit $3`,
    [shiftId, before, limit],
  );
  return rows.map(toShiftOut);
}

/** All versions of a shift, newest first, for working out which one holds. */
export async function loadShiftVersions(client: ClientBase, shiftId: string): Promise<ShiftOut[]> {
  const { rows } = await client.query<ShiftRow>(
    `select ${columns} from shifts where shift_key = $1 order by version desc`,
    [shiftId],
  );
  return rows.map(toShiftOut);
}

export async function loadShift(client: ClientBase, shiftId: string): Promise<ShiftOut | undefined> {
  const { rows } = await client.query<ShiftRow>(
    `select ${columns} from shifts where shift_key = $1 order by version desc limit 1`,
    [shiftId],
  );
  return rows.map(toShiftOut)[0];
}

export interface NewShiftVersion {
  readonly id: string;
  readonly organizationId: string;
  readonly shiftId: string;
  readonly version: number;
  readonly validFrom: string;
  readonly name: string;
  readonly rules: ShiftRules;
  readonly retired: boolean;
  readonly createdBy: string;
}

export async function insertShiftVersion(client: ClientBase, shift: NewShiftVersion): Promise<ShiftOut> {
  const { rows } = await client.query<ShiftRow>(
    `insert into shifts (id, organization_id, shift_key, version, valid_from, name, rules, is_retired, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
    [
      shift.id,
      shift.organizationId,
      shift.shiftId,
      shift.version,
      shift.validFrom,
      shift.name,
      JSON.stringify(shift.rules),
      shift.retired,
      shift.createdBy,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a shift just added is not there');
  return toShiftOut(row);
}

function toShiftOut(row: ShiftRow): ShiftOut {
  return {
    shift_id: row.shift_key,
    name: row.name,
    ...resolveShiftRules(row.rules),
    valid_from: row.valid_from,
    version: row.version,
    is_retired: row.is_retired,
    created_at: row.created_at.toISOString(),
  };
}
