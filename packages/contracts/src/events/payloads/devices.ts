import { Type } from '@sinclair/typebox';
import { strict, Timestamp, Uuid } from '../../schema/primitives.js';

export const deviceCreatedV1 = Type.Object(
  { device_id: Uuid, api_key_id: Uuid },
  { ...strict, description: 'A camera or kiosk got a key of its own. The device is the source of its frames.' },
);

export const deviceUpdatedV1 = Type.Object(
  {
    device_id: Uuid,
    changed: Type.Array(Type.String(), { description: 'Names of the changed fields, not their values.' }),
  },
  { ...strict, description: 'A device was changed.' },
);

export const deviceDeletedV1 = Type.Object(
  { device_id: Uuid, api_key_ids: Type.Array(Uuid, { description: 'Keys that ended with it.' }) },
  { ...strict, description: 'A device was removed.' },
);

export const deviceKeyRotatedV1 = Type.Object(
  {
    device_id: Uuid,
    api_key_id: Uuid,
    previous_key_ids: Type.Array(Uuid),
    previous_keys_end_at: Type.Union([Timestamp, Type.Null()]),
  },
  { ...strict, description: 'A device got a new key; the older ones end at the time given.' },
);
