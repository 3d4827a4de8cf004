import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DemoError } from '../demo-error.js';
import { environmentWith, type LocalConfig } from '../../local/local-config.js';

export interface StartedRollcall {
  readonly url: string;
  stop(): Promise<void>;
}

/** Lines of the services are `name | text`; all others are for the reader, the first start's password among them. */
const SERVICE_LINE = /^[a-z-]+ +\| /;

/**
 * Starts the Rollcall of this clone as `npm start` does, on a free port, and waits until it is ready.
 *
 * @param tell told what `npm start` says until then
 * @param signal gives up
 * @throws DemoError when it ends before it is ready
 */
export async function startLocalRollcall(
  { root }: LocalConfig,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<StartedRollcall> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: environmentWith(port),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the demo: it ends what it started, in order.
    detached: true,
  });
  const ended = new Promise<void>((done) => {
    child.once('close', () => {
      done();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await untilReady(child, tell, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://localhost:${port}`, stop };
}

function untilReady(child: ChildProcess, tell: (line: string) => void, signal: AbortSignal): Promise<void> {
  return new Promise((ready, reject) => {
    let isReady = false;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (line.startsWith('✔ Rollcall is ready')) {
          isReady = true;
          ready();
        } else if (!isReady && !SERVICE_LINE.test(line) && line.trim() !== '') {
          tell(line);
        }
      });
    }
    child.once('error', reject);
    child.once('close', () => {
      reject(new DemoError('Rollcall did not start: its lines above say why.'));
    });
    signal.addEventListener('abort', () => {
      reject(new DemoError('Interrupted.'));
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
