import { secretSetting } from '@rollcall/service-kit';
import { Type } from '@sinclair/typebox';

/**
 * What `npm start` itself reads (from the environment and from `.env` beside package.json): it gives each service the
 * folders and the database role it needs. Commands about an installation read the same to find that of their clone.
 */
export const startSettings = Type.Object({
  DATABASE_URL: Type.Optional(
    secretSetting({
      pattern: '^postgres(ql)?://',
      allowed: 'a URL postgres://…',
      description:
        'An existing PostgreSQL (15 or newer) instead of the embedded one, as a role that may create roles. Each service gets a role of its own.',
    }),
  ),
  STATE_DIR: Type.Optional(
    Type.String({
      allowed: 'a folder',
      description: 'Where everything is kept: secrets, photos, galleries, the embedded database. Not set: `storage`.',
    }),
  ),
  STORAGE_ROOT: Type.Optional(
    Type.String({
      allowed: 'a folder',
      description: 'Where photos and crops are kept. Not set: `objects` in the state folder.',
    }),
  ),
  SECRET_KEY: Type.Optional(
    secretSetting({
      minLength: 32,
      description: 'Signs access tokens. Not set: one is made at the first start and kept in the state folder.',
    }),
  ),
  ROLLCALL_ADMIN_EMAIL: Type.Optional(
    Type.String({
      allowed: 'an e-mail address',
      description:
        'Whom the first start makes the administrator. Not set: `admin@rollcall.local`. Later starts change nobody.',
    }),
  ),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 for all.' }),
  PORT: Type.Integer({ minimum: 1, maximum: 65_535, default: 8000, description: 'Port to listen on.' }),
});
