import { resolveSystemConfig, type SystemConfigOut } from '@rollcall/contracts';
import type { StoredSettings } from '../../../data-access/system-configs.js';
import { overriddenIn } from '../../../domain/settings-change.js';

/** What the calls answer: the values in force, and which of them are not the defaults. */
export function settingsOut({ body, version, updatedBy, updatedAt }: StoredSettings): SystemConfigOut {
  return {
    config: resolveSystemConfig(body),
    overridden: overriddenIn(body),
    version,
    updated_by: updatedBy,
    updated_at: updatedAt?.toISOString() ?? null,
  };
}
