import { resolveDefaults } from './resolve-defaults.js';
import { defaultSystemConfig, type SystemConfig } from './system-config.js';

/**
 * The configuration in force: what `system_configs.body` holds over the defaults. `null` and `{}` are the defaults.
 *
 * @param defaults another installation's, where its models have thresholds of their own.
 */
export function resolveSystemConfig(body: unknown, defaults: SystemConfig = defaultSystemConfig): SystemConfig {
  return resolveDefaults(defaults, body);
}
