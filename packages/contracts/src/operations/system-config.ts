import { SystemConfigBody, SystemConfigOut, SystemConfigPatch } from '../http/system-config.js';
import { declareOperations } from './operation.js';
import { systemConfig, systemConfigPatch } from './people-examples.js';

const changed = [
  {
    status: 200,
    codes: ['SYSTEM_CONFIG_CHANGED'],
    description: 'The settings as they are now.',
    data: SystemConfigOut,
    headers: ['ETag'],
    example: systemConfig,
  },
] as const;

export const systemConfigOperations = declareOperations({
  getSystemConfig: {
    method: 'get',
    path: '/v1/admin/system-config',
    tag: 'Settings',
    summary: 'Thresholds, quality limits and other settings',
    description: 'The values in force, and which of them were set here instead of being defaults.',
    access: ['ADMIN'],
    answers: [
      {
        status: 200,
        codes: ['SYSTEM_CONFIG_FOUND'],
        description: 'The settings.',
        data: SystemConfigOut,
        headers: ['ETag'],
        example: systemConfig,
      },
    ],
  },
  replaceSystemConfig: {
    method: 'post',
    path: '/v1/admin/system-config',
    tag: 'Settings',
    summary: 'Set all settings anew',
    description:
      'What is left out has its default again. With `If-Match` only what was read is replaced; without, whatever is there. ' +
      'New values hold for the next call and the next frame a worker claims.',
    access: ['ADMIN'],
    headers: ['If-Match'],
    json: SystemConfigBody,
    jsonExample: { recognition: { match_threshold: 0.5 } },
    answers: changed,
    audit: 'system_config.changed',
  },
  updateSystemConfig: {
    method: 'patch',
    path: '/v1/admin/system-config',
    tag: 'Settings',
    summary: 'Change some settings',
    description:
      'A merge patch (RFC 7396): only what is named changes, null gives a setting or a whole group its default again.',
    access: ['ADMIN'],
    headers: ['If-Match'],
    json: SystemConfigPatch,
    jsonExample: systemConfigPatch,
    answers: changed,
    audit: 'system_config.changed',
  },
});
