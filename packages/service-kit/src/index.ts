export * from './clock.js';
export * from './config/config-error.js';
export * from './config/describe-setting.js';
export * from './config/load-config.js';
export * from './config/render-config.js';
export * from './config/service-settings.js';
export * from './config/setting-types.js';
export * from './errors/app-error.js';
export * from './errors/error-table.js';
export { createWriteGroup, type WriteGroup, type WriteGroupOptions } from './grouping/create-write-group.js';
export type { Written } from './grouping/write-group.js';
export * from './health/health-registry.js';
export { readinessOf, type ReadinessPorts } from './health/serve-readiness.js';
export * from './lifecycle/beat.js';
export * from './lifecycle/create-lifecycle.js';
export {
  servicePhases,
  type ServicePhase,
  type ShutdownHook,
  type ShutdownPhase,
} from './lifecycle/shutdown-phases.js';
export * from './logging/create-logger.js';
export * from './logging/redact-fields.js';
export * from './logging/serialize-error.js';
export * from './logging/system-log.js';
export * from './metrics/create-metrics.js';
export * from './metrics/figure-metrics.js';
export * from './metrics/serve-metrics.js';
export * from './new-id.js';
