import pg, { type CustomTypesConfig } from 'pg';

/**
 * How values come back from Postgres: `int8`, `numeric` and `xid8` as strings (they do not fit a number), `timestamptz`
 * as Date, `date` as its text (`2025-03-01`), because a calendar date is not a moment and pg would shift it by the zone
 * of the process.
 */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === pg.types.builtins.DATE && format !== 'binary') return keepText;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid);
  }) as CustomTypesConfig['getTypeParser'],
};

function keepText(text: string): string {
  return text;
}
