import type { MaybeOptionalInit } from 'openapi-fetch';
import type { HttpMethod, PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers';
import type { paths } from './generated/openapi.js';

/** Parameters and body of a call; may be left out when nothing in it is required. */
type Init<Path extends keyof paths, Method extends HttpMethod> =
  RequiredKeysOf<MaybeOptionalInit<paths[Path], Method & keyof paths[Path]>> extends never
    ? [init?: MaybeOptionalInit<paths[Path], Method & keyof paths[Path]>]
    : [init: MaybeOptionalInit<paths[Path], Method & keyof paths[Path]>];

type Responses<Path extends keyof paths, Method extends HttpMethod> =
  paths[Path] extends Record<Method, { responses: infer R }> ? R : never;

type JsonOf<Answer> = Answer extends { content: { 'application/json': infer Body } } ? Body : never;

/** The envelope of an operation that went well: the generated types have no others. */
export type AnswerOf<Path extends keyof paths, Method extends HttpMethod> =
  Responses<Path, Method> extends infer Answers
    ? { [Status in keyof Answers]: JsonOf<Answers[Status]> }[keyof Answers]
    : never;

/** A call by its path: parameters, body and answer are those of the document. */
export type Send<Method extends HttpMethod> = <Path extends PathsWithMethod<paths, Method>>(
  path: Path,
  ...init: Init<Path, Method>
) => Promise<AnswerOf<Path, Method>>;

/** Paths of lists: those whose answer is an array with `meta.next_cursor`. */
export type ListPath = {
  [Path in PathsWithMethod<paths, 'get'>]: AnswerOf<Path, 'get'> extends {
    data: readonly unknown[];
    meta: { next_cursor: string | null };
  }
    ? Path
    : never;
}[PathsWithMethod<paths, 'get'>];

export type RowOf<Path extends ListPath> = AnswerOf<Path, 'get'> extends { data: readonly (infer Row)[] } ? Row : never;

/** The filters of a list, without its cursor. */
export type FiltersOf<Path extends ListPath> = paths[Path] extends { get: { parameters: { query?: infer Query } } }
  ? Omit<NonNullable<Query>, 'cursor' | 'after'>
  : never;
