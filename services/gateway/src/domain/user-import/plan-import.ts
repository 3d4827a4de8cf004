import { createValidator, type Role } from '@rollcall/contracts';
import { personEmail, personText } from '../person-text.js';
import { whyNotKept } from '../storable-text.js';
import { ImportRow, isYes } from './import-row.js';
import type { FileLine, FileProblem } from './read-import-file.js';

/** Somebody who is there already. */
export interface PresentPerson {
  readonly userId: string;
  readonly role: Role;
  readonly fullName: string;
  readonly email: string | null;
  readonly employeeCode: string | null;
  readonly department: string | null;
  readonly isActive: boolean;
}

/** A person as a line wants them. */
export type WantedPerson = Omit<PresentPerson, 'role'>;

export type LinePlan = { readonly line: number } & (
  | { readonly kind: 'refused'; readonly problems: readonly FileProblem[] }
  | { readonly kind: 'unchanged'; readonly userId: string }
  | { readonly kind: 'create'; readonly person: WantedPerson }
  | {
      readonly kind: 'update';
      readonly before: PresentPerson;
      readonly person: WantedPerson;
      readonly changed: readonly string[];
    }
);

/** A line that can be read, ready to be compared with who is there. */
export interface ImportLine {
  readonly line: number;
  readonly fullName: string | undefined;
  readonly email: string | undefined;
  readonly employeeCode: string | undefined;
  readonly department: string | undefined;
  readonly isActive: boolean | undefined;
}

const checkRow = createValidator(ImportRow);

/** Checks the fields of a line as the calls for one person do. */
export function readImportLine(given: FileLine): ImportLine | Extract<LinePlan, { kind: 'refused' }> {
  const { line } = given;
  if ('problem' in given) return { line, kind: 'refused', problems: [given.problem] };
  const { is_active, ...rest } = given.fields;
  const row = { ...rest, ...(is_active !== undefined && { is_active: is_active.toLowerCase() }) };
  const checked = checkRow(row);
  if (!checked.ok) return { line, kind: 'refused', problems: checked.problems };
  const { full_name, email, employee_code, department } = checked.value;
  const faults = Object.entries(row).flatMap(([column, text]) => {
    const fault = whyNotKept(text);
    return fault === undefined ? [] : [problem(column, 'WRONG_FORMAT', fault)];
  });
  if (faults.length > 0) return { line, kind: 'refused', problems: faults };
  if (email === undefined && employee_code === undefined) {
    const message = 'or an email is needed, to know whom the line is about';
    return { line, kind: 'refused', problems: [problem('employee_code', 'REQUIRED', message)] };
  }
  return {
    line,
    fullName: full_name === undefined ? undefined : personText(full_name),
    email: email === undefined ? undefined : personEmail(email),
    employeeCode: employee_code === undefined ? undefined : personText(employee_code),
    department: department === undefined ? undefined : personText(department),
    isActive: checked.value.is_active === undefined ? undefined : isYes(checked.value.is_active),
  };
}

function problem(column: string, code: string, message: string): FileProblem {
  return { path: `/${column}`, code, message };
}

/**
 * Decides line by line what a file comes to. It remembers the lines before: nobody is meant twice, no code or email is
 * given twice, and what one line takes from a person is free for others only in the next file, so that a dry run, which
 * changes nothing, says the same.
 */
export function createImportPlanner(newId: () => string) {
  const lineOfCode = new Map<string, number>();
  const lineOfEmail = new Map<string, number>();
  const lineOfPerson = new Map<string, number>();
  /** Codes and emails a line took away from somebody. */
  const givenUpCodes = new Map<string, number>();
  const givenUpEmails = new Map<string, number>();

  function findDuplicates({ employeeCode, email }: ImportLine): FileProblem[] {
    const code = employeeCode === undefined ? undefined : lineOfCode.get(employeeCode);
    const address = email === undefined ? undefined : lineOfEmail.get(email);
    return [
      ...(code === undefined ? [] : [problem('employee_code', 'DUPLICATE', `is in line ${code} already`)]),
      ...(address === undefined ? [] : [problem('email', 'DUPLICATE', `is in line ${address} already`)]),
    ];
  }

  function remember({ line, employeeCode, email }: ImportLine): void {
    if (employeeCode !== undefined && !lineOfCode.has(employeeCode)) lineOfCode.set(employeeCode, line);
    if (email !== undefined && !lineOfEmail.has(email)) lineOfEmail.set(email, line);
  }

  /** @param present those who have the line's code or email now, at most two. */
  function planLine(wanted: ImportLine, present: readonly PresentPerson[]): LinePlan {
    const { line, email, employeeCode } = wanted;
    const refuse = (...problems: readonly FileProblem[]): LinePlan => ({ line, kind: 'refused', problems });
    const duplicates = findDuplicates(wanted);
    remember(wanted);
    if (duplicates.length > 0) return refuse(...duplicates);
    const byCode = present.find((person) => employeeCode !== undefined && person.employeeCode === employeeCode);
    const byEmail = present.find((person) => email !== undefined && person.email === email);
    const person = byCode ?? byEmail;
    if (byEmail !== undefined && byEmail !== person) {
      return refuse(problem('email', 'TAKEN', 'is used by another person'));
    }
    // Somebody known by another code is somebody else, whose address was mistyped here.
    const hasOtherCode = employeeCode !== undefined && (person?.employeeCode ?? employeeCode) !== employeeCode;
    if (hasOtherCode) return refuse(problem('email', 'TAKEN', 'is used by a person with another employee code'));
    if (email !== undefined && givenUpEmails.has(email)) {
      return refuse(problem('email', 'TAKEN', 'is free only after this import'));
    }
    if (employeeCode !== undefined && givenUpCodes.has(employeeCode)) {
      return refuse(problem('employee_code', 'TAKEN', 'is free only after this import'));
    }
    return person === undefined ? planCreation(wanted, newId) : planUpdate(wanted, person);
  }

  function planUpdate(wanted: ImportLine, before: PresentPerson): LinePlan {
    const { line } = wanted;
    const refuse = (one: FileProblem): LinePlan => ({ line, kind: 'refused', problems: [one] });
    if (before.role !== 'USER') {
      const message = 'this person is an operator or admin, and not changed by a file';
      return refuse({ path: '', code: 'FORBIDDEN', message });
    }
    const earlier = lineOfPerson.get(before.userId);
    if (earlier !== undefined) {
      return refuse({ path: '', code: 'DUPLICATE', message: `line ${earlier} is about the same person` });
    }
    lineOfPerson.set(before.userId, line);
    const person = merge(wanted, before);
    const changed = changedColumns(before, person);
    if (changed.length === 0) return { line, kind: 'unchanged', userId: before.userId };
    if (before.email !== null && before.email !== person.email) givenUpEmails.set(before.email, line);
    if (before.employeeCode !== null && before.employeeCode !== person.employeeCode) {
      givenUpCodes.set(before.employeeCode, line);
    }
    return { line, kind: 'update', before, person, changed };
  }

  /** Forgets a line and all after it: they are planned again, against what is there by then. */
  function rewind(line: number): void {
    for (const lines of [lineOfCode, lineOfEmail, lineOfPerson, givenUpCodes, givenUpEmails]) {
      for (const [key, at] of lines) if (at >= line) lines.delete(key);
    }
  }

  return { planLine, rewind };
}

export type ImportPlanner = ReturnType<typeof createImportPlanner>;

function planCreation(wanted: ImportLine, newId: () => string): LinePlan {
  const { line, fullName } = wanted;
  if (fullName === undefined) {
    const missing = problem('full_name', 'REQUIRED', 'is required for a new person');
    return { line, kind: 'refused', problems: [missing] };
  }
  const nobody = { userId: newId(), fullName, email: null, employeeCode: null, department: null, isActive: true };
  return { line, kind: 'create', person: merge(wanted, nobody) };
}

function merge(wanted: ImportLine, person: WantedPerson): WantedPerson {
  return {
    userId: person.userId,
    fullName: wanted.fullName ?? person.fullName,
    email: wanted.email ?? person.email,
    employeeCode: wanted.employeeCode ?? person.employeeCode,
    department: wanted.department ?? person.department,
    isActive: wanted.isActive ?? person.isActive,
  };
}

function changedColumns(before: WantedPerson, after: WantedPerson): string[] {
  const columns: readonly (readonly [string, keyof WantedPerson])[] = [
    ['full_name', 'fullName'],
    ['email', 'email'],
    ['employee_code', 'employeeCode'],
    ['department', 'department'],
    ['is_active', 'isActive'],
  ];
  return columns.filter(([, key]) => before[key] !== after[key]).map(([name]) => name);
}
