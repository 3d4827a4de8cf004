import pg, { type CustomTypesConfig } from 'pg';

/**
 * How values come back from Postgres: `int8`, `numeric` and `xid8` as strings (they do not fit a number), `timestamptz`
 * as Date, `date` as its text (`2025-03-01`), because a calendar date is not a moment and pg would shift it by the zone
 * of the process.
 */
export const typeParsers: CustomTypesConfig = createTypeParsers();

function createTypeParsers(): CustomTypesConfig {
  const overrides = new pg.TypeOverrides();
  overrides.setTypeParser(pg.types.builtins.DATE, (text) => text);
  return overrides;
}
