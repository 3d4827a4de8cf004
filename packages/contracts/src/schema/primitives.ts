import { Type, type TLiteral, type TSchema, type TString, type TUnion, type TUnsafe } from '@sinclair/typebox';

/** Any uuid; Rollcall makes version 7 (time-ordered) and version 5 (derived) ones. */
export const Uuid = Type.String({
  format: 'uuid',
  examples: ['0198c0de-7a11-7c00-8000-00000000000a'],
});

/** RFC 3339 with an offset. */
export const Timestamp = Type.String({
  format: 'date-time',
  maxLength: 40,
  examples: ['2025-03-03T08:59:12.000Z'],
});

/** A calendar day without a time zone, YYYY-MM-DD. */
export const CalendarDate = Type.String({ format: 'date', examples: ['2025-03-03'] });

/** A stable upper-case word. */
export const CodeWord = Type.String({ pattern: '^[A-Z][A-Z0-9_]*$', maxLength: 80 });

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  options: object = {},
): TUnion<TLiteral<Word>[]> {
  return Type.Union(
    words.map((word) => Type.Literal(word)),
    options,
  );
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** The same text or null, as one type: ajv then says what is wrong with the text, not that no choice of a union fits. */
export function orNull(schema: TString): TUnsafe<string | null> {
  return Type.Unsafe<string | null>({ ...schema, type: ['string', 'null'] });
}

/** An object that takes no other fields than the named ones: what is misspelled is refused, not ignored. */
export const strict = { additionalProperties: false } as const;

/** 1 ADMIN, 2 OPERATOR, 3 USER, as in the table `roles`. */
export const RoleId = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]);

export const roles = ['ADMIN', 'OPERATOR', 'USER'] as const;
export type Role = (typeof roles)[number];
export const Role = Type.Union(
  roles.map((role) => Type.Literal(role)),
  { title: 'Role' },
);
const roleIds = { ADMIN: 1, OPERATOR: 2, USER: 3 } as const satisfies Record<Role, number>;
export type RoleId = (typeof roleIds)[Role];

export function roleIdOf(role: Role): RoleId {
  return roleIds[role];
}

/** @throws RangeError for a number that is no role. */
export function roleOf(roleId: number): Role {
  const role = roles[roleId - 1];
  if (role === undefined) throw new RangeError(`there is no role ${String(roleId)}`);
  return role;
}

export const sourceTypes = ['camera', 'kiosk', 'upload'] as const;
export const SourceType = oneOf(sourceTypes, { description: 'What kind of thing took the frame.' });

/** An organization's own name for a source; what a frame is sent with is what a device is made with. */
export const SourceId = Type.String({
  minLength: 1,
  maxLength: 120,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:@/-]*$',
  examples: ['entrance-1'],
});

export const Direction = oneOf(['in', 'out', 'both']);
export const LivenessVerdict = oneOf(['live', 'spoof', 'unknown']);
export const MatchOutcome = oneOf(['match', 'review', 'unknown', 'rejected'], {
  description:
    'match: this person. review: a person must look. unknown: nobody enrolled. rejected: the face is not fit for a decision.',
});

/** Pixels of the frame, origin top left. */
export const FaceBox = Type.Object(
  { x: Type.Number(), y: Type.Number(), width: Type.Number({ minimum: 0 }), height: Type.Number({ minimum: 0 }) },
  { ...strict, description: 'Pixels of the upright frame, origin top left.' },
);
