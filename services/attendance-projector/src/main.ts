import { readFileSync } from 'node:fs';
import { ConfigError, createLifecycle, createLogger, createSystemLog } from '@rollcall/service-kit';
import { startProjector } from './composition-root.js';
import { loadProjectorConfig, type ProjectorConfig } from './config.js';

/** sysexits.h EX_CONFIG: starting again without a change is of no use. */
const EXIT_CANNOT_RUN = 78;

const config = readConfig();
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const systemLog = createSystemLog();
const logger = createLogger({ service: 'attendance-projector', level: config.logLevel, systemLog: systemLog.stream });
const lifecycle = createLifecycle({ logger });
lifecycle.listen();
const { workerId } = startProjector(config, {
  logger,
  version,
  systemLog,
  lifecycle,
  onForeignStorage: ({ code, message }) => {
    logger.fatal({ code }, message);
    void lifecycle.shutdown(code, EXIT_CANNOT_RUN);
  },
});
logger.info({ worker_id: workerId }, 'the attendance projector is ready');

function readConfig(): ProjectorConfig {
  try {
    return loadProjectorConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CANNOT_RUN);
  }
}
