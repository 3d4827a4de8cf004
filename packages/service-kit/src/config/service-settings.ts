import { Type } from '@sinclair/typebox';
import { logLevels } from '../logging/create-logger.js';
import { choiceSetting, secretSetting } from './setting-types.js';

/** What every service reads, with one meaning and one default for all. Spread into the schema of a service. */
export const serviceSettings = {
  DATABASE_URL: secretSetting({
    description: "PostgreSQL (15 or newer) as the service's own role.",
    pattern: '^postgres(ql)?://',
    allowed: 'a URL postgres://…',
  }),
  STORAGE_ROOT: Type.String({ default: './storage', description: 'Folder of photos, frames and face crops.' }),
  DOORBELL: choiceSetting(['on', 'off'], {
    default: 'on',
    description: 'LISTEN/NOTIFY as a hint that there is something new; off: everything works by poll, only slower.',
  }),
  LOG_LEVEL: choiceSetting(logLevels, { default: 'info', description: 'The least severe log lines to write.' }),
  NODE_ENV: choiceSetting(['development', 'test', 'production'], {
    default: 'production',
    description: 'What kind of installation this is; production refuses what is only fit for development.',
  }),
};
