import { Type, type Static } from '@sinclair/typebox';
import { nullable, orNull, Role, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { Email } from './auth.js';
import { pageQuery } from './paging.js';

/** Text of a line: control characters (line breaks among them) have no place in a name. */
const LINE = '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$';
export const Line = (maxLength: number, examples: string[]) =>
  Type.String({ minLength: 1, maxLength, pattern: LINE, examples });

export const FullName = Line(200, ['Ada Lovelace']);
export const EmployeeCode = Line(64, ['E-1001']);
export const Department = Line(120, ['Engineering']);

export const Password = Type.String({
  minLength: 8,
  maxLength: 72,
  description: 'Lets the person sign in and read their own attendance. 72 bytes at most; needs an email.',
  examples: ['a-long-enough-password'],
});

export const UserCreate = Type.Object(
  {
    full_name: FullName,
    email: Type.Optional(Email),
    password: Type.Optional(Password),
    employee_code: Type.Optional(EmployeeCode),
    department: Type.Optional(Department),
  },
  { ...strict, title: 'UserCreate' },
);
export type UserCreate = Static<typeof UserCreate>;

/** Only what is named changes; null takes a value away. */
export const UserUpdate = Type.Object(
  {
    full_name: Type.Optional(FullName),
    email: Type.Optional(orNull(Email)),
    password: Type.Optional(orNull(Password)),
    employee_code: Type.Optional(orNull(EmployeeCode)),
    department: Type.Optional(orNull(Department)),
    is_active: Type.Optional(Type.Boolean({ description: 'false: no sign-in, and every token stops at once.' })),
    role: Type.Optional(Type.Union(Role.anyOf, { description: 'Only an admin changes roles.' })),
  },
  { ...strict, minProperties: 1, title: 'UserUpdate' },
);
export type UserUpdate = Static<typeof UserUpdate>;

export const UserDeleted = Type.Object(
  { user_id: Uuid, face_ids: Type.Array(Uuid, { description: 'Enrolled faces that were erased with the person.' }) },
  { ...strict, title: 'UserDeleted' },
);
export type UserDeleted = Static<typeof UserDeleted>;

export const UserOut = Type.Object(
  {
    user_id: Uuid,
    role: Role,
    full_name: Type.String(),
    email: nullable(Type.String()),
    employee_code: nullable(Type.String()),
    department: nullable(Type.String()),
    is_active: Type.Boolean(),
    can_sign_in: Type.Boolean({ description: 'Whether a password is set.' }),
    face_count: Type.Integer({ minimum: 0, description: 'Enrolled faces.' }),
    version: Type.Integer({ minimum: 1 }),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { ...strict, title: 'UserOut' },
);
export type UserOut = Static<typeof UserOut>;

export const UserListQuery = Type.Object(
  {
    search: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Part of the name or email, or the employee code.' }),
    ),
    department: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'The whole department.' })),
    is_active: Type.Optional(Type.Boolean()),
    role: Type.Optional(Type.Union(Role.anyOf)),
    ...pageQuery,
  },
  strict,
);
export type UserListQuery = Static<typeof UserListQuery>;

export const UserParams = Type.Object({ user_id: Uuid }, strict);
