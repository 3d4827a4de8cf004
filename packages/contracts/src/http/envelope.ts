import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { CodeWord, nullable, strict } from '../schema/primitives.js';

/** One thing that is wrong with a call. */
export const Problem = Type.Object(
  {
    path: Type.String({ description: "Where: a JSON pointer into the body, or a query or form field's name." }),
    code: CodeWord,
    message: Type.String(),
  },
  { ...strict, title: 'Problem' },
);
export type Problem = Static<typeof Problem>;

export const Meta = Type.Object(
  {
    request_id: Type.String({ description: 'Also in the header X-Request-Id; name it when you report a problem.' }),
    next_cursor: Type.Optional(
      nullable(Type.String({ description: 'Pass as `cursor` (lists) or `after` (feeds); null at the end of a list.' })),
    ),
  },
  { ...strict, title: 'Meta' },
);
export type Meta = Static<typeof Meta>;

/** Every JSON answer of Rollcall. */
export interface Envelope<Data = unknown> {
  readonly success: boolean;
  readonly code: string;
  readonly message: string;
  readonly data: Data;
  readonly meta: Meta;
  readonly errors: readonly Problem[];
}

/** The envelope around `data` of an answer that succeeded with one of `codes`. */
export function successEnvelope(codes: readonly string[], data: TSchema) {
  return Type.Object(
    {
      success: Type.Literal(true),
      code: Type.Union(codes.map((code) => Type.Literal(code))),
      message: Type.String(),
      data,
      meta: Meta,
      errors: Type.Array(Problem, { maxItems: 0 }),
    },
    strict,
  );
}

/** The envelope of an answer that ended with one of `codes`; `data` is null unless the error carries a state. */
export function errorEnvelope(codes: readonly string[], data: TSchema = Type.Null()) {
  return Type.Object(
    {
      success: Type.Literal(false),
      code: Type.Union(codes.map((code) => Type.Literal(code))),
      message: Type.String(),
      data,
      meta: Meta,
      errors: Type.Array(Problem),
    },
    strict,
  );
}
