import { Type } from '@sinclair/typebox';
import { FaceOut } from '../http/faces.js';
import { UserImportOut, UserImportQuery } from '../http/user-import.js';
import { PageQuery } from '../http/paging.js';
import { UserCreate, UserDeleted, UserListQuery, UserOut, UserParams, UserUpdate } from '../http/users.js';
import { defaultExampleIds as ids } from './example-ids.js';
import { face, user, userCreate } from './examples.js';
import { declareOperations } from './operation.js';
import { userImport, usersCsv, userUpdate, userUpdated } from './people-examples.js';

export const userOperations = declareOperations({
  createUser: {
    method: 'post',
    path: '/v1/ops/user',
    tag: 'People',
    summary: 'Add a person',
    description: 'With an email and a password the person can sign in and read their own attendance.',
    access: ['ADMIN', 'OPERATOR'],
    headers: ['Idempotency-Key'],
    json: UserCreate,
    jsonExample: userCreate,
    answers: [
      {
        status: 201,
        codes: ['USER_CREATED'],
        description: 'The person.',
        data: UserOut,
        headers: ['Location', 'Idempotency-Replayed', 'ETag'],
        example: user,
      },
    ],
    errors: ['EMAIL_TAKEN', 'CONFLICT', 'USER_NOT_FOUND', 'TOO_MANY_REQUESTS'],
    audit: 'user.created',
  },
  listUsers: {
    method: 'get',
    path: '/v1/ops/user',
    tag: 'People',
    summary: 'List people, or search by name or code',
    access: ['ADMIN', 'OPERATOR'],
    query: UserListQuery,
    answers: [
      {
        status: 200,
        codes: ['USERS_LISTED'],
        description: 'People, newest first.',
        data: Type.Array(UserOut),
        paging: 'list',
        example: [user],
      },
    ],
  },
  getUser: {
    method: 'get',
    path: '/v1/ops/user/{user_id}',
    tag: 'People',
    summary: 'One person',
    access: ['ADMIN', 'OPERATOR'],
    params: UserParams,
    answers: [
      {
        status: 200,
        codes: ['USER_FOUND'],
        description: 'The person.',
        data: UserOut,
        headers: ['ETag'],
        example: user,
      },
    ],
    errors: ['USER_NOT_FOUND'],
  },
  updateUser: {
    method: 'patch',
    path: '/v1/ops/user/{user_id}',
    tag: 'People',
    summary: 'Change a person',
    description:
      'Only what is named changes; null takes a value away. Operators change people of the role USER; roles are for admins alone. ' +
      'A new password, another role or is_active: false ends every session of the person.',
    access: ['ADMIN', 'OPERATOR'],
    params: UserParams,
    headers: ['If-Match'],
    json: UserUpdate,
    jsonExample: userUpdate,
    answers: [
      {
        status: 200,
        codes: ['USER_UPDATED'],
        description: 'The person as they are now.',
        data: UserOut,
        headers: ['ETag'],
        example: userUpdated,
      },
    ],
    errors: ['USER_NOT_FOUND', 'EMAIL_TAKEN', 'CONFLICT', 'LAST_ADMIN', 'TOO_MANY_REQUESTS'],
    audit: 'user.updated',
  },
  deleteUser: {
    method: 'delete',
    path: '/v1/ops/user/{user_id}',
    tag: 'People',
    summary: 'Remove a person and erase their faces',
    description:
      'Every enrolled face is erased and every token stops at once; email and employee code are free again. ' +
      'Records of attendance stay.',
    access: ['ADMIN', 'OPERATOR'],
    params: UserParams,
    headers: ['If-Match'],
    answers: [
      {
        status: 200,
        codes: ['USER_DELETED'],
        description: 'Removed.',
        data: UserDeleted,
        example: { user_id: ids.user, face_ids: [ids.face] },
      },
    ],
    errors: ['USER_NOT_FOUND', 'LAST_ADMIN'],
    audit: 'user.deleted',
  },
  importUsers: {
    method: 'post',
    path: '/v1/ops/user/import',
    tag: 'People',
    summary: 'Add and change people from a CSV file',
    description:
      'UTF-8, with a header of any of the columns full_name, email, employee_code, department and is_active, separated by comma or semicolon. ' +
      'A line belongs to whom has its employee code, or else its email; nobody: a person is added. An empty field leaves what is there. ' +
      'Each line has its verdict, and a bad one does not lose the others. 5 MB and 20,000 lines at most.',
    access: ['ADMIN', 'OPERATOR'],
    headers: ['Idempotency-Key'],
    query: UserImportQuery,
    text: { contentType: 'text/csv', maxBytes: 5_000_000, example: usersCsv },
    multipart: {
      fields: Type.Object({}, { additionalProperties: false, title: 'UserImportFields' }),
      files: [{ field: 'file', many: false, description: 'The CSV file.' }],
      maxBytes: 5_000_000,
    },
    answers: [
      {
        status: 200,
        codes: ['USERS_IMPORTED', 'IMPORT_CHECKED'],
        description: 'What became of each line, or with dry_run would.',
        data: UserImportOut,
        headers: ['Idempotency-Replayed'],
        example: userImport,
      },
    ],
    errors: ['MALFORMED_CSV', 'CONFLICT'],
    audit: 'users.imported',
  },
  listUserFaces: {
    method: 'get',
    path: '/v1/ops/user/{user_id}/faces',
    tag: 'Faces',
    summary: 'The enrolled faces of a person, oldest first',
    access: ['ADMIN', 'OPERATOR'],
    params: UserParams,
    query: PageQuery,
    answers: [
      {
        status: 200,
        codes: ['FACES_LISTED'],
        description: 'Enrolled faces.',
        data: Type.Array(FaceOut),
        paging: 'list',
        example: [face],
      },
    ],
    errors: ['USER_NOT_FOUND'],
  },
});
