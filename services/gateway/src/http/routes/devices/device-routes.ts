import type { Pool } from '@rollcall/postgres';
import type { Clock } from '@rollcall/service-kit';
import type { Route } from '../../route.js';
import { createDeviceRoute } from './create-device.js';
import { deleteDeviceRoute } from './delete-device.js';
import { getDeviceRoute } from './get-device.js';
import { listDevicesRoute } from './list-devices.js';
import { rotateKeyRoute } from './rotate-key.js';
import { updateDeviceRoute } from './update-device.js';

export interface DevicePorts {
  readonly pool: Pool;
  readonly clock: Clock;
  /** Lets this gateway look devices up anew at once; the others are told by a ring. */
  readonly forget: () => void;
}

export function deviceRoutes(ports: DevicePorts): Route[] {
  return [
    createDeviceRoute(ports),
    listDevicesRoute(ports),
    getDeviceRoute(ports),
    updateDeviceRoute(ports),
    deleteDeviceRoute(ports),
    rotateKeyRoute(ports),
  ];
}
