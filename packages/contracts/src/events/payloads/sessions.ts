import { Type } from '@sinclair/typebox';
import { nullable, oneOf, strict, Uuid } from '../../schema/primitives.js';

/** A session is a family of refresh tokens: the one of the sign-in and its successors. */
const session = { user_id: Uuid, session_id: Uuid };

export const sessionRefreshedV1 = Type.Object(session, { ...strict, description: 'Somebody got a new token pair.' });

export const sessionEndedV1 = Type.Object(
  { ...session, everywhere: Type.Optional(Type.Boolean()) },
  { ...strict, description: 'Somebody signed out; `everywhere`: of all sessions.' },
);

export const refreshRefusalReasons = ['unknown', 'reused', 'expired', 'revoked', 'outdated', 'inactive'] as const;

export const sessionRefreshRefusedV1 = Type.Object(
  { user_id: nullable(Uuid), session_id: nullable(Uuid), reason: oneOf(refreshRefusalReasons) },
  {
    ...strict,
    description:
      'A refresh token was refused, at a refresh or a sign-out. reused: it was used before, so the session was ended. outdated: all sessions of that person were ended since. An unknown token belongs to nobody and the event to the installation.',
  },
);

export const passwordChangedV1 = Type.Object(
  { user_id: Uuid },
  { ...strict, description: 'Somebody changed their own password; every session of theirs ended.' },
);

export const passwordChangeRefusedV1 = Type.Object(
  { user_id: Uuid },
  { ...strict, description: 'A password was not changed: the current one was wrong.' },
);
