import { Type, type Static } from '@sinclair/typebox';
import { oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { Email } from './auth.js';
import { pageQuery } from './paging.js';
import { Department, EmployeeCode, FullName, Password, UserUpdate } from './users.js';

const OperatorRole = oneOf(['ADMIN', 'OPERATOR']);

/** Somebody who runs the installation: always with an email and a password. */
export const OperatorCreate = Type.Object(
  {
    full_name: FullName,
    email: Email,
    password: Password,
    role: Type.Optional(OperatorRole),
    employee_code: Type.Optional(EmployeeCode),
    department: Type.Optional(Department),
  },
  { ...strict, title: 'OperatorCreate' },
);
export type OperatorCreate = Static<typeof OperatorCreate>;

const { full_name, email, password, employee_code, department, is_active, role } = UserUpdate.properties;

/** Only what is named changes. With the role USER somebody is an operator no longer. */
export const OperatorUpdate = Type.Object(
  { full_name, email, password, employee_code, department, is_active, role },
  { ...strict, minProperties: 1, title: 'OperatorUpdate' },
);
export type OperatorUpdate = Static<typeof OperatorUpdate>;

export const OperatorOut = Type.Object(
  {
    operator_id: Uuid,
    role: Type.Union([Type.Literal('ADMIN'), Type.Literal('OPERATOR'), Type.Literal('USER')], {
      description: 'USER only in the answer to the call that took the role away.',
    }),
    full_name: Type.String(),
    email: Type.Union([Type.String(), Type.Null()]),
    employee_code: Type.Union([Type.String(), Type.Null()]),
    department: Type.Union([Type.String(), Type.Null()]),
    is_active: Type.Boolean(),
    version: Type.Integer({ minimum: 1 }),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { ...strict, title: 'OperatorOut' },
);
export type OperatorOut = Static<typeof OperatorOut>;

export const OperatorListQuery = Type.Object(
  {
    search: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Part of the name or email, or the employee code.' }),
    ),
    is_active: Type.Optional(Type.Boolean()),
    ...pageQuery,
  },
  strict,
);

export const OperatorParams = Type.Object({ operator_id: Uuid }, strict);

export const OperatorDeleted = Type.Object({ operator_id: Uuid }, { ...strict, title: 'OperatorDeleted' });
export type OperatorDeleted = Static<typeof OperatorDeleted>;
