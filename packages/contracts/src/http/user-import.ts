import { Type, type Static } from '@sinclair/typebox';
import { CodeWord, nullable, oneOf, strict, Uuid } from '../schema/primitives.js';

export const UserImportQuery = Type.Object(
  {
    dry_run: Type.Optional(
      Type.Boolean({ default: false, description: 'true: says what would happen and changes nothing.' }),
    ),
  },
  strict,
);

export const UserImportLine = Type.Object(
  {
    line: Type.Integer({ minimum: 2, description: 'Where the row begins in the file; the header is line 1.' }),
    outcome: oneOf(['created', 'updated', 'unchanged', 'refused']),
    user_id: nullable(Uuid),
    errors: Type.Array(
      Type.Object(
        { path: Type.String({ description: 'The column, as in `/email`.' }), code: CodeWord, message: Type.String() },
        strict,
      ),
    ),
  },
  { ...strict, title: 'UserImportLine' },
);
export type UserImportLine = Static<typeof UserImportLine>;

const Count = Type.Integer({ minimum: 0 });

export const UserImportOut = Type.Object(
  {
    import_id: nullable(Uuid),
    dry_run: Type.Boolean(),
    created: Count,
    updated: Count,
    unchanged: Count,
    refused: Count,
    lines: Type.Array(UserImportLine),
  },
  { ...strict, title: 'UserImportOut' },
);
export type UserImportOut = Static<typeof UserImportOut>;
