import type { HolidayOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface HolidayRow {
  readonly holiday_on: string;
  readonly name: string;
  readonly version: number;
  readonly is_withdrawn: boolean;
  readonly created_at: Date;
}

const columns = 'holiday_on, name, version, is_withdrawn, created_at';

export interface HolidaySpan {
  /** First and last date, YYYY-MM-DD; null: any. */
  readonly from: string | null;
  readonly to: string | null;
  /** Only dates after this one. */
  readonly after: string | null;
  readonly limit: number;
}

/** Holidays that stand, by date. */
export async function listHolidays(client: ClientBase, span: HolidaySpan): Promise<HolidayOut[]> {
  const { rows } = await client.query<HolidayRow>(
    `select * from (
       select distinct on (holiday_on) ${columns} from holidays
       where ($1::date is null or holiday_on >= $1) and ($2::date is null or holiday_on <= $2)
         and ($3::date is null or holiday_on > $3)
       order by holiday_on, version desc
     ) newest where not is_withdrawn order by holiday_on limit $4`,
    [span.from, span.to, span.after, span.limit],
  );
  return rows.map(toHolidayOut);
}

/** The newest version of a date, withdrawn ones too. */
export async function loadHoliday(
  client: ClientBase,
  date: string,
): Promise<(HolidayOut & { readonly withdrawn: boolean }) | undefined> {
  const { rows } = await client.query<HolidayRow>(
    `select ${columns} from holidays where holiday_on = $1 order by version desc limit 1`,
    [date],
  );
  return rows.map((row) => ({ ...toHolidayOut(row), withdrawn: row.is_withdrawn }))[0];
}

export async function loadHolidayVersion(client: ClientBase, id: string): Promise<HolidayOut | undefined> {
  const { rows } = await client.query<HolidayRow>(`select ${columns} from holidays where id = $1`, [id]);
  return rows.map(toHolidayOut)[0];
}

export interface NewHolidayVersion {
  readonly id: string;
  readonly organizationId: string;
  readonly date: string;
  readonly name: string;
  readonly version: number;
  readonly withdrawn: boolean;
  readonly createdBy: string;
}

export async function insertHolidayVersion(client: ClientBase, holiday: NewHolidayVersion): Promise<HolidayOut> {
  const { rows } = await client.query<HolidayRow>(
    `insert into holidays (id, organization_id, holiday_on, name, version, is_withdrawn, created_by)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
    [
      holiday.id,
      holiday.organizationId,
      holiday.date,
      holiday.name,
      holiday.version,
      holiday.withdrawn,
      holiday.createdBy,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a holiday just added is not there');
  return toHolidayOut(row);
}

function toHolidayOut({ holiday_on, name, version, created_at }: HolidayRow): HolidayOut {
  return { holiday_on, name, version, created_at: created_at.toISOString() };
}
