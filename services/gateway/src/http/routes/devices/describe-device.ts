import type { DeviceOut } from '@rollcall/contracts';

/** What the trail keeps of a device, before and after. */
export function describeDevice(device: DeviceOut): Readonly<Record<string, unknown>> {
  const { source_type, source_id, name, direction, capture_mode, is_active, scopes } = device;
  return { source_type, source_id, name, direction, capture_mode, is_active, scopes };
}
