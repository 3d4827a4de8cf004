import { isIP } from 'node:net';
import { Type, type Static } from '@sinclair/typebox';
import {
  ConfigError,
  listSetting,
  loadConfig,
  secretSetting,
  serviceSettings,
  type Environment,
} from '@rollcall/service-kit';

/** The environment of the gateway. */
export const gatewaySettings = Type.Object({
  ...serviceSettings,
  SECRET_KEY: secretSetting({
    minLength: 32,
    description: 'Signs access tokens. At least 32 characters, from a random source.',
  }),
  SECRET_KEY_PREVIOUS: Type.Optional(
    secretSetting({
      minLength: 32,
      description:
        'The key before, while it is being replaced: tokens signed with it are taken until they end. Take it away after ACCESS_TOKEN_EXPIRE_MINUTES.',
    }),
  ),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 for all.' }),
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8000,
    description: 'Port to listen on; 0 takes a free one.',
  }),
  TRUSTED_PROXIES: listSetting({
    default: '',
    allowed: 'addresses and ranges separated by commas, such as 127.0.0.1, 10.0.0.0/8',
    description: 'Reverse proxies whose X-Forwarded-For is believed; nobody else may say who calls.',
  }),
  SHUTDOWN_NOTICE_MS: Type.Integer({
    minimum: 0,
    maximum: 5_000,
    default: 500,
    description:
      'Milliseconds between no longer being ready and taking no more calls, at the end. Behind a load balancer: more than it takes to look at /readyz.',
  }),
  UPLOAD_BUDGET_MB: Type.Integer({
    minimum: 16,
    maximum: 65_536,
    default: 256,
    description:
      'Megabytes of uploads kept in memory at once, of which no organization gets all; what would be more is answered 503 with Retry-After.',
  }),
  MAX_WAITING_FRAMES: Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    default: 100_000,
    description:
      'Frames that may wait for a face worker. Beyond it, organizations that hold an equal share of the queue or more are answered 429 with Retry-After.',
  }),
  METRICS_TOKEN: Type.Optional(
    secretSetting({
      minLength: 16,
      description: 'Bearer token that reads /metrics. Not set: only calls from this machine read it.',
    }),
  ),
  CORS_ORIGINS: listSetting({ default: '', description: 'Origins whose pages may call the API from a browser.' }),
  ACCESS_TOKEN_EXPIRE_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 1_440,
    default: 15,
    description: 'Minutes an access token is good for.',
  }),
  REFRESH_TOKEN_EXPIRE_DAYS: Type.Integer({
    minimum: 1,
    maximum: 365,
    default: 14,
    description: 'Days without use after which somebody has to sign in again.',
  }),
  SESSION_EXPIRE_DAYS: Type.Integer({
    minimum: 1,
    maximum: 3_650,
    default: 90,
    description: 'Days after which somebody has to sign in again however often the session was used.',
  }),
});

export type GatewayConfig = Readonly<Static<typeof gatewaySettings>>;

/** @throws ConfigError that names each wrong variable and what is allowed. */
export function loadGatewayConfig(env: Environment): GatewayConfig {
  const config = loadConfig(gatewaySettings, env);
  const wrong = config.TRUSTED_PROXIES.filter((range) => !isAddressRange(range));
  if (wrong.length === 0) return config;
  const message = `TRUSTED_PROXIES is ${JSON.stringify(wrong.join(','))}; allowed: addresses and ranges such as 10.0.0.0/8`;
  throw new ConfigError([{ variable: 'TRUSTED_PROXIES', message }]);
}

/** `192.0.2.7`, `10.0.0.0/8`, `fd00::/8`. A range of everything would let anybody say who calls. */
function isAddressRange(range: string): boolean {
  const [address = '', bits, ...others] = range.split('/');
  const family = isIP(address);
  if (family === 0 || others.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128))
  );
}
