import type { OperatorOut, UserOut } from '@rollcall/contracts';

/** A person as `/v1/admin/operator` shows them. */
export function operatorOut(user: UserOut): OperatorOut {
  const { user_id: operator_id, role, full_name, email, employee_code, department, is_active } = user;
  const { version, created_at, updated_at } = user;
  return {
    ...{ operator_id, role, full_name, email, employee_code, department, is_active },
    ...{ version, created_at, updated_at },
  };
}

/** Whom `/v1/admin/operator` shows. */
export const operatorRoles = ['ADMIN', 'OPERATOR'] as const;
