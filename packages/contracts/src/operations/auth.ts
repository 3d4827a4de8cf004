import {
  LoggedOut,
  LoginRequest,
  LogoutRequest,
  PasswordChange,
  RefreshRequest,
  TokenPair,
  UserInfo,
} from '../http/auth.js';
import { tokenPair, userInfo } from './examples.js';
import { declareOperations } from './operation.js';

const refreshToken = tokenPair.refresh_token;

export const authOperations = declareOperations({
  login: {
    method: 'post',
    path: '/v1/auth/login',
    tag: 'Identity',
    summary: 'Sign in with email and password',
    description:
      'Takes as long for an unknown address as for a wrong password, and answers the same. Where there are several organizations each sign-in names one: without `organization` every address gets ORGANIZATION_REQUIRED, and no password is looked at. Who guesses has to wait: 10 failures for an account from one address, 50 for an account from addresses it was never used from, 100 from one address.',
    access: 'public',
    json: LoginRequest,
    jsonExample: { email: 'admin@rollcall.local', password: 'correct horse battery staple' },
    answers: [
      { status: 200, codes: ['LOGIN_SUCCEEDED'], description: 'A token pair.', data: TokenPair, example: tokenPair },
    ],
    errors: ['INVALID_CREDENTIALS', 'ORGANIZATION_REQUIRED', 'TOO_MANY_REQUESTS'],
    audit: ['session.started', 'session.refused'],
  },
  refreshSession: {
    method: 'post',
    path: '/v1/auth/refresh',
    tag: 'Identity',
    summary: 'Trade a refresh token for a new token pair',
    description:
      'A refresh token is good once. The same one sent again within ten seconds gets the same successor (an answer was lost, two windows refreshed at once); later it was stolen, by whichever side: the whole session ends with TOKEN_REUSED.',
    access: 'public',
    json: RefreshRequest,
    jsonExample: { refresh_token: refreshToken },
    answers: [
      { status: 200, codes: ['SESSION_REFRESHED'], description: 'A token pair.', data: TokenPair, example: tokenPair },
    ],
    errors: ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'TOKEN_REUSED', 'TOO_MANY_REQUESTS'],
    audit: ['session.refreshed', 'session.refresh_refused'],
  },
  logout: {
    method: 'post',
    path: '/v1/auth/logout',
    tag: 'Identity',
    summary: 'End the session a refresh token belongs to',
    description:
      'The refresh token ends at once, access tokens of the session within seconds. Works also when the access token has expired.',
    access: 'public',
    json: LogoutRequest,
    jsonExample: { refresh_token: refreshToken },
    answers: [
      {
        status: 200,
        codes: ['LOGGED_OUT'],
        description: 'The session is over.',
        data: LoggedOut,
        example: { signed_out: true },
      },
    ],
    errors: ['TOO_MANY_REQUESTS'],
    audit: ['session.ended', 'session.refresh_refused'],
  },
  changePassword: {
    method: 'post',
    path: '/v1/auth/change-password',
    tag: 'Identity',
    summary: 'Change your password',
    description:
      'Ends every session of yours, everywhere; the answer begins a new one. A wrong current password is 422: the token is as good ' +
      'as before, and refreshing it changes nothing. Guesses have to wait as at the sign-in.',
    access: ['ADMIN', 'OPERATOR', 'USER'],
    json: PasswordChange,
    jsonExample: { current_password: 'correct horse battery staple', new_password: 'a-long-enough-password' },
    answers: [
      {
        status: 200,
        codes: ['PASSWORD_CHANGED'],
        description: 'A new token pair.',
        data: TokenPair,
        example: tokenPair,
      },
    ],
    errors: ['WRONG_PASSWORD', 'CONFLICT', 'TOO_MANY_REQUESTS'],
    audit: ['password.changed', 'password.change_refused'],
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
