import { Type, type Static } from '@sinclair/typebox';
import { nullable, Role, strict, Timestamp, Uuid } from '../schema/primitives.js';

/** Upper case is taken too: addresses are kept in lower case. */
export const Email = Type.String({ format: 'email', minLength: 3, maxLength: 254, examples: ['ada@example.org'] });
export const OrganizationSlug = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Needed when the installation has several organizations.',
});

export const LoginRequest = Type.Object(
  {
    email: Type.String({ minLength: 1, maxLength: 254, examples: ['admin@rollcall.local'] }),
    password: Type.String({ minLength: 1, maxLength: 1_024, examples: ['correct horse battery staple'] }),
    organization: Type.Optional(OrganizationSlug),
  },
  { ...strict, title: 'LoginRequest' },
);
export type LoginRequest = Static<typeof LoginRequest>;

export const UserInfo = Type.Object(
  {
    user_id: Uuid,
    organization: Type.Object(
      { organization_id: Uuid, slug: Type.String(), name: Type.String(), timezone: Type.String() },
      strict,
    ),
    role: Role,
    full_name: Type.String(),
    email: nullable(Type.String()),
  },
  { ...strict, title: 'UserInfo' },
);
export type UserInfo = Static<typeof UserInfo>;

export const TokenPair = Type.Object(
  {
    access_token: Type.String({ description: 'Send as `Authorization: Bearer …`.' }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ minimum: 1, description: 'Seconds the access token is good for.' }),
    expires_at: Timestamp,
    refresh_token: Type.String({
      description:
        'Gives the next pair at `/v1/auth/refresh`, once: each answer brings a new one. Used a second time it ends the session.',
    }),
    refresh_expires_in: Type.Integer({ minimum: 1, description: 'Seconds the refresh token is good for.' }),
    refresh_expires_at: Timestamp,
    user: UserInfo,
  },
  { ...strict, title: 'TokenPair' },
);
export type TokenPair = Static<typeof TokenPair>;

const RefreshToken = Type.String({
  minLength: 1,
  maxLength: 200,
  description: '`refresh_token` of the newest token pair.',
  examples: ['rt_4Zq1p0Jm7iXW2dKXv0tq8bH6o3mYc5sRk9LwUeVnAaE'],
});

export const RefreshRequest = Type.Object({ refresh_token: RefreshToken }, { ...strict, title: 'RefreshRequest' });
export type RefreshRequest = Static<typeof RefreshRequest>;

export const LogoutRequest = Type.Object(
  {
    refresh_token: RefreshToken,
    everywhere: Type.Optional(
      Type.Boolean({ description: 'true: also every other session of this person, wherever it is.' }),
    ),
  },
  { ...strict, title: 'LogoutRequest' },
);
export type LogoutRequest = Static<typeof LogoutRequest>;

export const LoggedOut = Type.Object(
  { signed_out: Type.Boolean({ description: 'false: there was no session (any more) that this token belongs to.' }) },
  { ...strict, title: 'LoggedOut' },
);
export type LoggedOut = Static<typeof LoggedOut>;

export const PasswordChange = Type.Object(
  {
    current_password: Type.String({ minLength: 1, maxLength: 1_024, examples: ['correct horse battery staple'] }),
    new_password: Type.String({
      minLength: 8,
      maxLength: 72,
      description: '72 bytes at most, and another than the current one.',
      examples: ['a-long-enough-password'],
    }),
  },
  { ...strict, title: 'PasswordChange' },
);
export type PasswordChange = Static<typeof PasswordChange>;
