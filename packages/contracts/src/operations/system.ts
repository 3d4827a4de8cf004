import { Type } from '@sinclair/typebox';
import { SystemHealthOut } from '../http/system-health.js';
import { SystemLogOut, SystemLogQuery } from '../http/system-logs.js';
import { declareOperations } from './operation.js';
import { systemHealth, systemLog } from './system-examples.js';

export const systemOperations = declareOperations({
  getSystemHealth: {
    method: 'get',
    path: '/v1/admin/system-health',
    tag: 'System',
    summary: 'How every part is doing, with figures',
    description:
      "The worst part's state is the whole's. Figures are those of your organization; of the installation there are counts, ages and processes, never anything of another organization. The answer is 200 whatever the state is.",
    access: ['ADMIN'],
    answers: [
      {
        status: 200,
        codes: ['SYSTEM_HEALTH'],
        description: 'State and figures of each part.',
        data: SystemHealthOut,
        example: systemHealth,
      },
    ],
  },
  listSystemLogs: {
    method: 'get',
    path: '/v1/admin/system-logs',
    tag: 'System',
    summary: 'Warnings and errors of the services',
    description:
      'Lines about your organization, and those of the installation itself. Kept for 30 days; a line that came several times within seconds is one with `repeats`. Passwords, tokens and images are never in it.',
    access: ['ADMIN'],
    query: SystemLogQuery,
    answers: [
      {
        status: 200,
        codes: ['SYSTEM_LOGS_LISTED'],
        description: 'Lines, newest first.',
        data: Type.Array(SystemLogOut),
        paging: 'list',
        example: [systemLog],
      },
    ],
  },
});
