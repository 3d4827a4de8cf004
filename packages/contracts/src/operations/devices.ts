import { Type } from '@sinclair/typebox';
import {
  DeviceCreate,
  DeviceDeleted,
  DeviceListQuery,
  DeviceOut,
  DeviceParams,
  DeviceUpdate,
  DeviceWithKey,
  KeyRotation,
} from '../http/devices.js';
import { device, deviceWithKey } from './device-examples.js';
import { declareOperations } from './operation.js';

export const deviceOperations = declareOperations({
  createDevice: {
    method: 'post',
    path: '/v1/admin/device',
    tag: 'Devices',
    summary: 'Add a camera or kiosk, with a key of its own',
    description:
      'The key is shown in this answer and never again. A source that is known only because a frame named it is taken over, with its history.',
    access: ['ADMIN'],
    headers: ['Idempotency-Key'],
    json: DeviceCreate,
    jsonExample: { source_type: 'camera', source_id: 'entrance-1', name: 'Entrance, left door' },
    answers: [
      {
        status: 201,
        codes: ['DEVICE_CREATED'],
        description: 'The device and its key.',
        data: DeviceWithKey,
        headers: ['Location', 'ETag', 'Idempotency-Replayed'],
        example: deviceWithKey,
      },
    ],
    errors: ['CONFLICT', 'NOT_FOUND'],
  },
  listDevices: {
    method: 'get',
    path: '/v1/admin/device',
    tag: 'Devices',
    summary: 'List devices, also those that only a frame named',
    access: ['ADMIN'],
    query: DeviceListQuery,
    answers: [
      {
        status: 200,
        codes: ['DEVICES_LISTED'],
        description: 'Devices, newest first.',
        data: Type.Array(DeviceOut),
        paging: 'list',
        example: [device],
      },
    ],
  },
  getDevice: {
    method: 'get',
    path: '/v1/admin/device/{device_id}',
    tag: 'Devices',
    summary: 'One device',
    access: ['ADMIN'],
    params: DeviceParams,
    answers: [
      {
        status: 200,
        codes: ['DEVICE_FOUND'],
        description: 'The device.',
        data: DeviceOut,
        headers: ['ETag'],
        example: device,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  updateDevice: {
    method: 'patch',
    path: '/v1/admin/device/{device_id}',
    tag: 'Devices',
    summary: 'Change a device: name, direction, capture mode, scopes, on or off',
    description: 'Only what is named changes. Takes effect at every gateway within seconds.',
    access: ['ADMIN'],
    headers: ['If-Match'],
    params: DeviceParams,
    json: DeviceUpdate,
    jsonExample: { direction: 'in' },
    answers: [
      {
        status: 200,
        codes: ['DEVICE_UPDATED'],
        description: 'The device as it is now.',
        data: DeviceOut,
        headers: ['ETag'],
        example: { ...device, direction: 'in', version: 2 },
      },
    ],
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
  deleteDevice: {
    method: 'delete',
    path: '/v1/admin/device/{device_id}',
    tag: 'Devices',
    summary: 'Remove a device: its keys end, its frames are refused',
    description: 'What it saw stays. A device added later under the same source_id is the same one again.',
    access: ['ADMIN'],
    headers: ['If-Match'],
    params: DeviceParams,
    answers: [
      {
        status: 200,
        codes: ['DEVICE_DELETED'],
        description: 'It is gone.',
        data: DeviceDeleted,
        example: { device_id: device.device_id },
      },
    ],
    errors: ['NOT_FOUND'],
  },
  rotateDeviceKey: {
    method: 'post',
    path: '/v1/admin/device/{device_id}/rotate-key',
    tag: 'Devices',
    summary: 'Give a device a new key; the present one stays good for a while',
    description:
      'The new key is shown in this answer and never again. The present ones end after `overlap_seconds`, a day when not given: time to carry the new key to the device without a gap.',
    access: ['ADMIN'],
    headers: ['Idempotency-Key'],
    params: DeviceParams,
    json: KeyRotation,
    jsonExample: { overlap_seconds: 3_600 },
    answers: [
      {
        status: 201,
        codes: ['DEVICE_KEY_ROTATED'],
        description: 'The device and its new key.',
        data: DeviceWithKey,
        headers: ['ETag', 'Idempotency-Replayed'],
        example: { ...deviceWithKey, previous_keys_end_at: '2025-03-03T09:50:00.000Z' },
      },
    ],
    errors: ['NOT_FOUND'],
  },
});
