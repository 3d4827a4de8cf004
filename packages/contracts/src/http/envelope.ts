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

const requestId = Type.String({
  description: 'Also in the header X-Request-Id; name it when you report a problem.',
});

export const Meta = Type.Object({ request_id: requestId }, { ...strict, title: 'Meta' });

/** Of a page of a list: null at its end. */
export const ListMeta = Type.Object(
  {
    request_id: requestId,
    next_cursor: nullable(
      Type.String({ description: 'Pass as `cursor` to read the next page; null at the end of the list.' }),
    ),
  },
  { ...strict, title: 'ListMeta' },
);

/** Of a page of a list that comes with a summary of all of it. */
export function summarizedMeta(summary: TSchema) {
  return Type.Object({ ...ListMeta.properties, summary: nullable(summary) }, strict);
}

/** Of a page of a feed: there is always a place to go on from. */
export const FeedMeta = Type.Object(
  {
    request_id: requestId,
    next_cursor: Type.String({ description: 'Pass as `after` to go on from here, now or later.' }),
  },
  { ...strict, title: 'FeedMeta' },
);

export interface Meta {
  readonly request_id: string;
  /** On lists and feeds; null at the end of a list. */
  readonly next_cursor?: string | null;
  /** On lists that have one: of all of the list, not of the page. */
  readonly summary?: unknown;
}

/** How the answer of an operation goes on: a list ends, a feed never does. */
export type Paging = 'list' | 'feed';

const metaOf = { none: Meta, list: ListMeta, feed: FeedMeta } as const;

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
export function successEnvelope(codes: readonly string[], data: TSchema, paging?: Paging, summary?: TSchema) {
  return Type.Object(
    {
      success: Type.Literal(true),
      code: Type.Union(codes.map((code) => Type.Literal(code))),
      message: Type.String(),
      data,
      meta: summary === undefined ? metaOf[paging ?? 'none'] : summarizedMeta(summary),
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
