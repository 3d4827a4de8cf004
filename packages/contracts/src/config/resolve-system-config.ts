import { resolveDefaults } from './resolve-defaults.js';
import { defaultSystemConfig, type SystemConfig } from './system-config.js';

/** The configuration in force: what `system_configs.body` holds over the defaults. `null` and `{}` are the defaults. */
export function resolveSystemConfig(body: unknown): SystemConfig {
  return resolveDefaults(defaultSystemConfig, body);
}
