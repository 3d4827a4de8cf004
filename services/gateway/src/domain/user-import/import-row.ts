import { Department, Email, EmployeeCode, FullName, oneOf, strict } from '@rollcall/contracts';
import { Type, type Static } from '@sinclair/typebox';

/** Words for yes and no that spreadsheets write. */
const YES = ['true', 'yes', '1'] as const;
const NO = ['false', 'no', '0'] as const;

/** One line of a file of people, by column; an empty field is absent. */
export const ImportRow = Type.Object(
  {
    full_name: Type.Optional(FullName),
    email: Type.Optional(Email),
    employee_code: Type.Optional(EmployeeCode),
    department: Type.Optional(Department),
    is_active: Type.Optional(oneOf([...YES, ...NO])),
  },
  strict,
);
export type ImportRow = Static<typeof ImportRow>;

export const importColumns = Object.keys(ImportRow.properties) as readonly (keyof ImportRow)[];

export function isYes(word: string): boolean {
  return (YES as readonly string[]).includes(word);
}
