import { readFileSync } from 'node:fs';
import { ForeignStorageError } from '@rollcall/object-store';
import { ConfigError, createLifecycle, createLogger, createSystemLog } from '@rollcall/service-kit';
import { createGateway } from './composition-root.js';
import { loadGatewayConfig, type GatewayConfig } from './config.js';

/** sysexits.h EX_CONFIG: starting again without a change is of no use. */
const EXIT_CANNOT_RUN = 78;

const config = readConfig();
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const systemLog = createSystemLog();
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL, systemLog: systemLog.stream });
const lifecycle = createLifecycle({ logger });
const gateway = createGateway({
  config,
  logger,
  version,
  systemLog,
  onForeignStorage: ({ code, message }) => {
    logger.fatal({ code }, message);
    void lifecycle.shutdown(code, EXIT_CANNOT_RUN);
  },
});

lifecycle.onShutdown('announce', 'readiness', (signal) => gateway.announce(signal));
lifecycle.onShutdown('stop-intake', 'http', () => gateway.stopIntake());
lifecycle.onShutdown('drain', 'calls', () => gateway.drain());
lifecycle.onShutdown('close', 'connections', () => gateway.close());
lifecycle.listen();

try {
  const port = await gateway.start();
  logger.info({ host: config.HOST, port }, 'the gateway listens');
} catch (error) {
  const foreign = error instanceof ForeignStorageError;
  if (foreign) logger.fatal({ code: error.code }, error.message);
  else logger.fatal({ err: error, host: config.HOST, port: config.PORT }, 'the gateway could not start');
  await lifecycle.shutdown('start failed', foreign ? EXIT_CANNOT_RUN : 1);
}

function readConfig(): GatewayConfig {
  try {
    return loadGatewayConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The gateway cannot start:\n${error.message}\n`);
    process.exit(1);
  }
}
