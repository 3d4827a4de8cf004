import {
  pino,
  stdTimeFunctions,
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger,
} from 'pino';
import { redactFields } from './redact-fields.js';
import { serializeError } from './serialize-error.js';

export type { Logger } from 'pino';

/** The levels a `LOG_LEVEL` setting may take, loudest last but one. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** Written into every line as `service`. */
  readonly service: string;
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Where lines go; default: standard output, written before the call returns, so that a crash loses no line. */
  readonly destination?: DestinationStream;
  /** Gets warnings and errors besides. */
  readonly systemLog?: DestinationStream;
}

/**
 * A logger that writes one JSON line an entry: `level` as a word, `time` (RFC 3339, UTC), `service`, `pid`, `msg` and
 * the fields given. Passwords, tokens, images, embeddings and cookies are hidden at any depth, also in child loggers.
 * An error belongs under `err`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: redactFields },
    serializers: { err: serializeError, error: serializeError, cause: serializeError },
  };
  const destination = withSystemLog(options);
  const logger = destination === undefined ? pino(settings) : pino(settings, destination);
  // pino runs no formatter over the bindings of a child: they are redacted on their way in. Children inherit this.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the logger as `this`
  logger.child = redactBindings(logger.child) as unknown as Logger['child'];
  return logger;
}

function withSystemLog({ destination, systemLog, level = 'info' }: LoggerOptions): DestinationStream | undefined {
  if (systemLog === undefined || level === 'silent') return destination;
  const first = destination ?? pino.destination({ dest: 1, sync: true });
  return pino.multistream([
    { stream: first, level },
    { stream: systemLog, level: 'warn' },
  ]);
}

type CreateChild = (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger;

function redactBindings(createChild: CreateChild): CreateChild {
  return function child(bindings, options) {
    return createChild.call(this, redactFields(bindings), options);
  };
}
