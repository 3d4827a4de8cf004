import { LoginRequest, TokenPair, UserInfo } from '../http/auth.js';
import { tokenPair, userInfo } from './examples.js';
import { declareOperations } from './operation.js';

export const authOperations = declareOperations({
  login: {
    method: 'post',
    path: '/v1/auth/login',
    tag: 'Identity',
    summary: 'Sign in with email and password',
    description: 'Takes as long for an unknown address as for a wrong password, and answers the same.',
    access: 'public',
    json: LoginRequest,
    jsonExample: { email: 'admin@rollcall.local', password: 'correct horse battery staple' },
    answers: [
      { status: 200, codes: ['LOGIN_SUCCEEDED'], description: 'A token.', data: TokenPair, example: tokenPair },
    ],
    errors: ['INVALID_CREDENTIALS', 'ORGANIZATION_REQUIRED', 'TOO_MANY_REQUESTS'],
  },
  me: {
    method: 'get',
    path: '/v1/auth/me',
    tag: 'Identity',
    summary: 'Who the token belongs to',
    access: ['ADMIN', 'OPERATOR', 'USER'],
    answers: [{ status: 200, codes: ['USER_INFO'], description: 'You.', data: UserInfo, example: userInfo }],
  },
});
