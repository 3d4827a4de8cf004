import { Type } from '@sinclair/typebox';
import {
  OperatorCreate,
  OperatorDeleted,
  OperatorListQuery,
  OperatorOut,
  OperatorParams,
  OperatorUpdate,
} from '../http/operators.js';
import { defaultExampleIds as ids } from './example-ids.js';
import { declareOperations } from './operation.js';
import { operator, operatorCreate } from './people-examples.js';

export const operatorOperations = declareOperations({
  createOperator: {
    method: 'post',
    path: '/v1/admin/operator',
    tag: 'Operators',
    summary: 'Add an operator or an admin',
    access: ['ADMIN'],
    headers: ['Idempotency-Key'],
    json: OperatorCreate,
    jsonExample: operatorCreate,
    answers: [
      {
        status: 201,
        codes: ['OPERATOR_CREATED'],
        description: 'The operator.',
        data: OperatorOut,
        headers: ['Location', 'Idempotency-Replayed', 'ETag'],
        example: operator,
      },
    ],
    errors: ['EMAIL_TAKEN', 'CONFLICT', 'USER_NOT_FOUND', 'TOO_MANY_REQUESTS'],
    audit: 'user.created',
  },
  listOperators: {
    method: 'get',
    path: '/v1/admin/operator',
    tag: 'Operators',
    summary: 'List operators and admins',
    access: ['ADMIN'],
    query: OperatorListQuery,
    answers: [
      {
        status: 200,
        codes: ['OPERATORS_LISTED'],
        description: 'Operators and admins, newest first.',
        data: Type.Array(OperatorOut),
        paging: 'list',
        example: [operator],
      },
    ],
  },
  getOperator: {
    method: 'get',
    path: '/v1/admin/operator/{operator_id}',
    tag: 'Operators',
    summary: 'One operator or admin',
    access: ['ADMIN'],
    params: OperatorParams,
    answers: [
      {
        status: 200,
        codes: ['OPERATOR_FOUND'],
        description: 'The operator.',
        data: OperatorOut,
        headers: ['ETag'],
        example: operator,
      },
    ],
    errors: ['USER_NOT_FOUND'],
  },
  updateOperator: {
    method: 'patch',
    path: '/v1/admin/operator/{operator_id}',
    tag: 'Operators',
    summary: 'Change an operator, or take the role away',
    description: 'The last active admin can be neither switched off nor made something else.',
    access: ['ADMIN'],
    params: OperatorParams,
    headers: ['If-Match'],
    json: OperatorUpdate,
    jsonExample: { is_active: false },
    answers: [
      {
        status: 200,
        codes: ['OPERATOR_UPDATED'],
        description: 'The operator as it is now.',
        data: OperatorOut,
        headers: ['ETag'],
        example: { ...operator, is_active: false, version: 2 },
      },
    ],
    errors: ['USER_NOT_FOUND', 'EMAIL_TAKEN', 'CONFLICT', 'LAST_ADMIN', 'TOO_MANY_REQUESTS'],
    audit: 'user.updated',
  },
  deleteOperator: {
    method: 'delete',
    path: '/v1/admin/operator/{operator_id}',
    tag: 'Operators',
    summary: 'Remove an operator',
    description: 'Every token stops at once. The last active admin stays.',
    access: ['ADMIN'],
    params: OperatorParams,
    headers: ['If-Match'],
    answers: [
      {
        status: 200,
        codes: ['OPERATOR_DELETED'],
        description: 'Removed.',
        data: OperatorDeleted,
        example: { operator_id: ids.operator },
      },
    ],
    errors: ['USER_NOT_FOUND', 'LAST_ADMIN'],
    audit: 'user.deleted',
  },
});
