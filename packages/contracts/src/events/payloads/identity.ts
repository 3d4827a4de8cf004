import { Type } from '@sinclair/typebox';
import { nullable, oneOf, RoleId, strict, Uuid } from '../../schema/primitives.js';

export const organizationCreatedV1 = Type.Object(
  { organization_id: Uuid, slug: Type.Optional(Type.String()), timezone: Type.Optional(Type.String()) },
  { ...strict, description: 'An organization was made.' },
);

export const userCreatedV1 = Type.Object(
  { user_id: Uuid, role_id: RoleId },
  { ...strict, description: 'A person was added. Names and addresses stand in the audit details, not here.' },
);

export const userUpdatedV1 = Type.Object(
  {
    user_id: Uuid,
    changed: Type.Array(Type.String(), { description: 'Names of the changed fields, not their values.' }),
  },
  { ...strict, description: 'A person was changed.' },
);

export const userDeletedV1 = Type.Object(
  { user_id: Uuid, face_ids: Type.Optional(Type.Array(Uuid)) },
  { ...strict, description: 'A person was removed, with every enrolled face.' },
);

export const sessionStartedV1 = Type.Object(
  { user_id: Uuid, role_id: Type.Optional(RoleId), session_id: Type.Optional(Uuid) },
  { ...strict, description: 'Somebody signed in.' },
);

export const sessionRefusalReasons = [
  'unknown_user',
  'wrong_password',
  'no_password',
  'inactive',
  'organization_required',
  'throttled',
] as const;

export const sessionRefusedV1 = Type.Object(
  { user_id: nullable(Uuid), reason: oneOf(sessionRefusalReasons) },
  {
    ...strict,
    description:
      'A sign-in was refused. The event belongs to the organization it was for; when it was for none that exists, to the installation.',
  },
);

export const evidenceViewedV1 = Type.Object(
  { attendance_log_id: Uuid, user_id: Uuid },
  { ...strict, description: 'Somebody looked at the face crop behind an attendance log.' },
);
