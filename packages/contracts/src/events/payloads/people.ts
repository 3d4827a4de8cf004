import { Type } from '@sinclair/typebox';
import { strict, Uuid } from '../../schema/primitives.js';

const Count = Type.Integer({ minimum: 0 });

export const usersImportedV1 = Type.Object(
  { import_id: Uuid, created: Count, updated: Count, unchanged: Count, refused: Count },
  { ...strict, description: 'A file of people was read in; each person that came of it has an event of their own.' },
);

export const imageUploadedV1 = Type.Object(
  { image_id: Uuid },
  { ...strict, description: 'Somebody uploaded an image, to be judged and perhaps used.' },
);

export const systemConfigChangedV1 = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    changed: Type.Array(Type.String(), { description: 'JSON pointers of the changed settings, not their values.' }),
  },
  { ...strict, description: 'An admin changed settings of the organization.' },
);
