import { Type, type Static } from '@sinclair/typebox';
import { listSetting, loadConfig, secretSetting, serviceSettings, type Environment } from '@rollcall/service-kit';

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
  return loadConfig(gatewaySettings, env);
}
