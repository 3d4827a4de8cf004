import { readFileSync } from 'node:fs';
import { ForeignStorageError, StorageNotThereError } from '@rollcall/object-store';
import { ConfigError, createLifecycle, createLogger, createSystemLog } from '@rollcall/service-kit';
import { startFaceWorker } from './composition-root.js';
import { loadFaceWorkerConfig, type FaceWorkerConfig } from './config.js';
import { dropDecoderLines } from './pipeline/drop-decoder-lines.js';
import { PipelineUnavailableError } from './pipeline/pipeline-pool.js';

/** sysexits.h EX_CONFIG: starting again without a change is of no use. */
const EXIT_CANNOT_RUN = 78;

const config = readConfig();
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
dropDecoderLines(process.stderr);
const systemLog = createSystemLog();
const logger = createLogger({ service: 'face-worker', level: config.logLevel, systemLog: systemLog.stream });
const lifecycle = createLifecycle({ logger });
lifecycle.listen();

try {
  const worker = await startFaceWorker(config, {
    logger,
    version,
    systemLog,
    onShutdown: (phase, name, run) => lifecycle.onShutdown(phase, name, run),
    onBroken: ({ code, message }) => {
      if (lifecycle.stopping.aborted) return;
      logger.fatal({ code }, message);
      void lifecycle.shutdown(code, EXIT_CANNOT_RUN);
    },
  });
  logger.info({ worker_id: worker.workerId, children: config.children, ...worker.model }, 'the face worker is ready');
} catch (error) {
  // Stopped while it started: what it had begun ends with an error of its own.
  if (lifecycle.stopping.aborted) await lifecycle.shutdown('stopped while starting');
  const hopeless = error instanceof PipelineUnavailableError || error instanceof ForeignStorageError;
  // Not there yet: whoever starts it again looks again.
  if (hopeless || error instanceof StorageNotThereError) logger.fatal({ code: error.code }, error.message);
  else logger.fatal({ err: error }, 'the face worker could not start');
  await lifecycle.shutdown('start failed', hopeless ? EXIT_CANNOT_RUN : 1);
}

function readConfig(): FaceWorkerConfig {
  try {
    return loadFaceWorkerConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CANNOT_RUN);
  }
}
