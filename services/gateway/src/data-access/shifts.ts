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

/** Every shift in its newest version, by name. */
export async function listShifts(client: ClientBase): Promise<ShiftOut[]> {
  const { rows } = await client.query<ShiftRow>(
    `select * from (select distinct on (shift_key) ${columns} from shifts order by shift_key, version desc) newest
     order by name, shift_key`,
  );
  return rows.map(toShiftOut);
}

/** All versions of a shift, newest first; none: there is no such shift. */
export async function listShiftVersions(client: ClientBase, shiftId: string): Promise<ShiftOut[]> {
  const { rows } = await client.query<ShiftRow>(
    `select ${columns} from shifts where shift_key = $1 order by version desc`,
    [shiftId],
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
