import { Type } from '@sinclair/typebox';
import { strict } from '../schema/primitives.js';

/** Longest cursor that is looked at. */
const Cursor = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 512, description }));

export const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Rows at most.' });

/** The query parameters of every list. */
export const pageQuery = { cursor: Cursor('`meta.next_cursor` of the page before.'), limit: Limit };

/** The query of a list that takes nothing else. */
export const PageQuery = Type.Object(pageQuery, strict);

/** The query parameters of every feed. */
export const feedQuery = {
  after: Cursor('`meta.next_cursor` of the answer before; absent: from the beginning.'),
  limit: Limit,
};
