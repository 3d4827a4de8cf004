import { randomUUID } from 'node:crypto';
import { ConfigError } from '@rollcall/service-kit';
import { readConfig } from './config.js';
import { createProgram } from './create-program.js';
import { askPassword } from './output/ask-password.js';
import { describeError } from './output/describe-error.js';
import { openSession } from './session/open-session.js';

/** As shells have it for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
  });
}

try {
  const config = readConfig();
  const now = (): Date => new Date();
  await createProgram({
    config,
    now,
    print: (line) => process.stdout.write(`${line}\n`),
    tell: (line) => process.stderr.write(`${line}\n`),
    openSession: () => openSession(config, now, interruption.signal),
    askPassword,
    newKey: randomUUID,
    interrupted: interruption.signal,
  }).parseAsync();
} catch (error) {
  if (interruption.signal.aborted) {
    process.exitCode = INTERRUPTED;
  } else {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}
