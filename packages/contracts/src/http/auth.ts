import { Type, type Static } from '@sinclair/typebox';
import { nullable, Role, strict, Timestamp, Uuid } from '../schema/primitives.js';

/** Upper case is taken too: addresses are kept in lower case. */
export const Email = Type.String({ format: 'email', minLength: 3, maxLength: 254, examples: ['ada@example.org'] });
export const OrganizationSlug = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Needed when the same address exists in several organizations.',
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
    refresh_token: Type.Optional(Type.String()),
    user: UserInfo,
  },
  { ...strict, title: 'TokenPair' },
);
export type TokenPair = Static<typeof TokenPair>;
