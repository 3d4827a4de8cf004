// npm start: set-up (not with --no-setup), database, the three services. Ctrl-C stops them in order; a second Ctrl-C
// at once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reportFailure, setup } from './setup.mjs';
import { root } from './setup/paths.mjs';
import { seconds } from './setup/progress.mjs';
import { formatLogLine } from './start/format-log-line.mjs';
import { StartError } from './start/start-error.mjs';
import { startRollcall } from './start/start-rollcall.mjs';

/** npm passes a Ctrl-C on that the terminal has sent us already: the second one of a pair is no second wish. */
const SAME_SIGNAL_MILLISECONDS = 1000;
const NAME_WIDTH = 'attendance-projector'.length;

/** JSON for programs, lines for people. */
const readable = process.stdout.isTTY ? formatLogLine : (text) => text;

const started = performance.now();
const stopping = new AbortController();
let starting = false;
let running;
let firstSignalAt;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const now = performance.now();
    // The set-up can be broken off anywhere: it goes on from there.
    if (!starting) process.exit(130);
    if (firstSignalAt === undefined) {
      firstSignalAt = now;
      process.stdout.write('\n… stopping (once more: at once)\n');
      stopping.abort(new Error(`stopped by ${signal}`));
    } else if (now - firstSignalAt > SAME_SIGNAL_MILLISECONDS) {
      running?.kill();
      process.exit(130);
    }
  });
}

try {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  // An image holds what the set-up made, and neither compilers nor the right to install them.
  if (!process.argv.includes('--no-setup')) await setup();
  starting = true;
  await run();
} catch (error) {
  if (stopping.signal.aborted) process.stdout.write('✔ stopped before it was ready\n');
  else if (error instanceof StartError || isOneLiner(error)) process.stderr.write(`✘ ${error.message}\n`);
  else reportFailure(error, starting ? 'start' : 'set-up');
  process.exitCode = stopping.signal.aborted ? 0 : 1;
}

async function run() {
  const admins = [];
  try {
    running = await startRollcall({
      root,
      env: process.env,
      say: (text) => process.stdout.write(`· ${text}\n`),
      log: (service, text) => process.stdout.write(`${service.padEnd(NAME_WIDTH)} | ${readable(text)}\n`),
      onAdmin: (admin) => admins.push(admin),
      signal: stopping.signal,
    });
  } finally {
    // Also when the rest of the start failed: nobody could ask for it again.
    for (const { email, password } of admins) {
      process.stdout.write(`\n  First start: the administrator is ${email}, the password ${password}\n`);
      process.stdout.write('  It is shown this once and stored nowhere. Change it after the first login.\n\n');
    }
  }
  process.stdout.write(`${welcome(running.url)}\n`);
  if (!stopping.signal.aborted)
    await new Promise((done) => stopping.signal.addEventListener('abort', done, { once: true }));
  await running.stop();
  process.stdout.write('✔ stopped\n');
}

function welcome(url) {
  return [
    `✔ Rollcall is ready at ${url} (${seconds(performance.now() - started)})`,
    `    try the API      ${url}/docs`,
    '    see it work      npm run demo   (in another terminal)',
    '    stop             Ctrl-C',
  ].join('\n');
}

/** Errors of @rollcall/db that speak to the reader (the class cannot be imported before the set-up has run). */
function isOneLiner(error) {
  return ['ClusterError', 'ProvisioningRequiredError'].includes(error?.name);
}
