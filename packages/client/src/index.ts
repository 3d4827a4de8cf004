export type { components, ErrorCode, operations, paths } from './generated/openapi.js';
export type { AnswerOf, FiltersOf, ListPath, RowOf } from './call-types.js';
export type { Event, FollowOptions } from './follow-events.js';
export { RollcallError, type Problem, type RollcallErrorCode } from './rollcall-error.js';
export { once, Rollcall, type CreateOptions, type Image, type RollcallOptions } from './rollcall.js';
export type { Credentials, TokenPair } from './session.js';
