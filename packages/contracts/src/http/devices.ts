import { Type, type Static } from '@sinclair/typebox';
import { Direction, nullable, oneOf, SourceId, SourceType, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { pageQuery } from './paging.js';

/** What a device key may do. */
export const deviceScopes = ['recognize', 'recognize_any_source', 'check_in', 'events'] as const;
export type DeviceScope = (typeof deviceScopes)[number];
export const DeviceScope = oneOf(deviceScopes, {
  title: 'DeviceScope',
  description:
    'recognize: send frames of its own source and read their results. recognize_any_source: the same for every source of the organization. check_in: take PINs and QR codes at its own source. events: read the event feed of the organization.',
});

export const defaultDeviceScopes: readonly DeviceScope[] = ['recognize'];

const Scopes = Type.Array(DeviceScope, { minItems: 1, maxItems: deviceScopes.length, uniqueItems: true });

/** Text of a line: control characters (line breaks among them) have no place in a name. */
const LINE = '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$';
const DeviceName = Type.String({ minLength: 1, maxLength: 200, pattern: LINE, examples: ['Entrance, left door'] });
const CaptureMode = oneOf(['single', 'group'], {
  description: 'single: one person stands before it, the largest face counts. group: every face counts.',
});

const settings = {
  name: Type.Optional(DeviceName),
  direction: Type.Optional(Direction),
  capture_mode: Type.Optional(CaptureMode),
  scopes: Type.Optional(Scopes),
};

export const DeviceCreate = Type.Object(
  {
    source_type: SourceType,
    source_id: Type.String({ ...SourceId, description: 'The name it sends with every frame.' }),
    ...settings,
  },
  { ...strict, title: 'DeviceCreate' },
);
export type DeviceCreate = Static<typeof DeviceCreate>;

/** Only what is named changes. */
export const DeviceUpdate = Type.Object(
  {
    ...settings,
    is_active: Type.Optional(
      Type.Boolean({ description: 'false: its frames and its keys are refused until it is switched on again.' }),
    ),
  },
  { ...strict, minProperties: 1, title: 'DeviceUpdate' },
);
export type DeviceUpdate = Static<typeof DeviceUpdate>;

export const DeviceKeyOut = Type.Object(
  {
    key_id: Uuid,
    hint: nullable(Type.String({ description: 'The last characters of the key.', examples: ['…x7Qd'] })),
    created_at: Timestamp,
    expires_at: nullable(Timestamp),
    last_used_at: nullable(Type.String({ format: 'date-time', maxLength: 40, description: 'Kept to about a minute.' })),
  },
  { ...strict, title: 'DeviceKeyOut' },
);
export type DeviceKeyOut = Static<typeof DeviceKeyOut>;

const deviceFields = {
  device_id: Uuid,
  source_type: SourceType,
  source_id: Type.String(),
  name: nullable(Type.String()),
  direction: Direction,
  capture_mode: CaptureMode,
  is_active: Type.Boolean(),
  is_configured: Type.Boolean({ description: 'false: known only because a frame named it.' }),
  scopes: Type.Array(DeviceScope, { description: 'What its keys may do; empty while it has none.' }),
  keys: Type.Array(DeviceKeyOut, { description: 'Keys that are good now, newest first.' }),
  last_frame_at: nullable(
    Type.String({ format: 'date-time', maxLength: 40, description: 'When a frame of it was last looked at.' }),
  ),
  version: Type.Integer({ minimum: 1 }),
  created_at: Timestamp,
  updated_at: Timestamp,
};

export const DeviceOut = Type.Object(deviceFields, { ...strict, title: 'DeviceOut' });
export type DeviceOut = Static<typeof DeviceOut>;

/** A device with the key that was just made. */
export const DeviceWithKey = Type.Object(
  {
    device: DeviceOut,
    api_key: nullable(
      Type.String({
        description:
          'Send as `Authorization: Bearer rc_…`. Shown this once and stored nowhere; null when the call was a repeat with the same Idempotency-Key.',
      }),
    ),
    previous_keys_end_at: nullable(
      Type.String({
        format: 'date-time',
        maxLength: 40,
        description: 'Until when its older keys are good; null: none.',
      }),
    ),
  },
  { ...strict, title: 'DeviceWithKey' },
);
export type DeviceWithKey = Static<typeof DeviceWithKey>;

/** A day: long enough to walk to every door. */
export const defaultKeyOverlapSeconds = 86_400;

export const KeyRotation = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 30 * 86_400,
        description: 'How long its present keys stay good, a day when not given; 0 ends them at once (a key got lost).',
      }),
    ),
  },
  { ...strict, title: 'KeyRotation' },
);
export type KeyRotation = Static<typeof KeyRotation>;

export const DeviceDeleted = Type.Object({ device_id: Uuid }, { ...strict, title: 'DeviceDeleted' });
export type DeviceDeleted = Static<typeof DeviceDeleted>;

export const DeviceListQuery = Type.Object({ ...pageQuery }, strict);
export type DeviceListQuery = Static<typeof DeviceListQuery>;

export const DeviceParams = Type.Object({ device_id: Uuid }, strict);
