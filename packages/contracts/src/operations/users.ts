import { Type } from '@sinclair/typebox';
import { FaceOut } from '../http/faces.js';
import { UserCreate, UserListQuery, UserOut, UserParams } from '../http/users.js';
import { face, user, userCreate } from './examples.js';
import { declareOperations } from './operation.js';

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
        headers: ['Location', 'Idempotency-Replayed'],
        example: user,
      },
    ],
    errors: ['EMAIL_TAKEN', 'CONFLICT', 'USER_NOT_FOUND'],
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
    answers: [{ status: 200, codes: ['USER_FOUND'], description: 'The person.', data: UserOut, example: user }],
    errors: ['USER_NOT_FOUND'],
  },
  listUserFaces: {
    method: 'get',
    path: '/v1/ops/user/{user_id}/faces',
    tag: 'Faces',
    summary: 'The enrolled faces of a person',
    access: ['ADMIN', 'OPERATOR'],
    params: UserParams,
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
