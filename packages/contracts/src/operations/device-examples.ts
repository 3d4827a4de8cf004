import type { DeviceOut, DeviceWithKey } from '../http/devices.js';
import { defaultExampleIds as ids } from './example-ids.js';

export const device: DeviceOut = {
  device_id: ids.source,
  source_type: 'camera',
  source_id: 'entrance-1',
  name: 'Entrance, left door',
  direction: 'both',
  capture_mode: 'single',
  is_active: true,
  is_configured: true,
  scopes: ['recognize'],
  keys: [
    {
      key_id: '0198c0de-7a11-7c00-8000-0000000000a1',
      hint: '…x7Qd',
      created_at: '2025-03-03T08:50:00.000Z',
      expires_at: null,
      last_used_at: null,
    },
  ],
  last_frame_at: null,
  version: 1,
  created_at: '2025-03-03T08:50:00.000Z',
  updated_at: '2025-03-03T08:50:00.000Z',
};

export const deviceWithKey: DeviceWithKey = {
  device,
  api_key: 'rc_V0vJ3y2mT8uHq5cXo1bN7fKz4sWd9gRaEiLpYtB6x7Qd',
  previous_keys_end_at: null,
};
