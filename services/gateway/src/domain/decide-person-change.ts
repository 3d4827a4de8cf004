import { roleIdOf, type Role, type UserUpdate } from '@rollcall/contracts';
import { personEmail, personText } from './person-text.js';

/** A person as far as rules about changes look at them. */
export interface Person {
  readonly userId: string;
  readonly role: Role;
  readonly fullName: string;
  readonly email: string | null;
  readonly hasPassword: boolean;
  readonly employeeCode: string | null;
  readonly department: string | null;
  readonly isActive: boolean;
}

/** Who wants the change. */
export interface Changer {
  readonly userId: string;
  readonly role: Role;
}

export interface ChangeProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type PersonChange =
  | { readonly kind: 'forbidden'; readonly message: string; readonly problems: readonly ChangeProblem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly ChangeProblem[] }
  | {
      readonly kind: 'change';
      readonly next: Person;
      /** Names of the fields that differ, `password` among them when one was set or taken away. */
      readonly changed: readonly string[];
      /** Tokens handed out before must not be taken any more. */
      readonly endsSessions: boolean;
      /** An active admin is one no longer: there must be another. */
      readonly losesAdmin: boolean;
    };

/** Whether somebody may touch somebody at all: operators look after people of the role USER only. */
export function mayChange(changer: Changer, person: Pick<Person, 'role'>): boolean {
  return changer.role === 'ADMIN' || (changer.role === 'OPERATOR' && person.role === 'USER');
}

/** What an update comes to, or why not. Pure. */
export function decidePersonChange(changer: Changer, person: Person, update: UserUpdate): PersonChange {
  if (!mayChange(changer, person)) {
    return { kind: 'forbidden', message: 'Only an admin changes operators and admins.', problems: [] };
  }
  const next = apply(person, update);
  if (next.role !== person.role && !mayGiveRole(changer, person, next.role)) {
    const problem = { path: '/role', code: 'FORBIDDEN', message: 'is given by another admin only' };
    return { kind: 'forbidden', message: 'You may not give this role.', problems: [problem] };
  }
  const problems = contradictionsIn(next);
  if (problems.length > 0) return { kind: 'invalid', problems };
  const changed = changedFields(person, next, update);
  const endsSessions =
    changed.includes('password') || changed.includes('role') || (changed.includes('is_active') && !next.isActive);
  const losesAdmin = isActiveAdmin(person) && !isActiveAdmin(next);
  return { kind: 'change', next, changed, endsSessions, losesAdmin };
}

/** Only an admin gives roles, and nobody raises their own. */
function mayGiveRole(changer: Changer, person: Person, role: Role): boolean {
  if (changer.role !== 'ADMIN') return false;
  const raises = roleIdOf(role) < roleIdOf(person.role);
  return !(raises && changer.userId === person.userId);
}

/** An admin who cannot sign in is nobody to leave the installation to. */
export function isActiveAdmin({ role, isActive, hasPassword }: Person): boolean {
  return role === 'ADMIN' && isActive && hasPassword;
}

function apply(person: Person, update: UserUpdate): Person {
  const text = (given: string | null | undefined, present: string | null): string | null =>
    given === undefined ? present : given === null ? null : personText(given);
  const { email, password } = update;
  return {
    ...person,
    role: update.role ?? person.role,
    fullName: update.full_name === undefined ? person.fullName : personText(update.full_name),
    email: email === undefined ? person.email : email === null ? null : personEmail(email),
    hasPassword: password === undefined ? person.hasPassword : password !== null,
    employeeCode: text(update.employee_code, person.employeeCode),
    department: text(update.department, person.department),
    isActive: update.is_active ?? person.isActive,
  };
}

function contradictionsIn({ role, email, hasPassword }: Person): ChangeProblem[] {
  const required = (path: string, why: string): ChangeProblem => ({
    path,
    code: 'REQUIRED',
    message: `is required ${why}`,
  });
  const problems: ChangeProblem[] = [];
  const runs = role !== 'USER';
  if (email === null && (hasPassword || runs)) {
    problems.push(required('/email', runs ? `for the role ${role}` : 'with a password'));
  }
  if (!hasPassword && runs) problems.push(required('/password', `for the role ${role}`));
  return problems;
}

function changedFields(person: Person, next: Person, { password }: UserUpdate): string[] {
  const fields: readonly (readonly [string, keyof Person])[] = [
    ['full_name', 'fullName'],
    ['email', 'email'],
    ['employee_code', 'employeeCode'],
    ['department', 'department'],
    ['is_active', 'isActive'],
    ['role', 'role'],
  ];
  const changed = fields.filter(([, key]) => person[key] !== next[key]).map(([name]) => name);
  // A new password differs, as far as anybody can know.
  const setsPassword = typeof password === 'string' || (password === null && person.hasPassword);
  return setsPassword ? [...changed, 'password'] : changed;
}
