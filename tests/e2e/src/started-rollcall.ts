import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ApiClient, freePort, repositoryRoot } from '@rollcall/testkit/rollcall';

/** Where an installation is, as the environment says it. */
export type Place = Readonly<{ STATE_DIR: string; DATABASE_URL?: string }>;

/** A Rollcall as `npm start` starts it, on a state folder that outlives it. */
export interface StartedRollcall {
  readonly api: ApiClient;
  /** Of the administrator, when this was the first start. */
  readonly password: string | undefined;
  /** Ends it as Ctrl-C does; its exit code and what it printed. */
  stop(): Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Starts Rollcall and waits until it is ready. */
export async function startInstalled(place: Place): Promise<StartedRollcall> {
  const port = await freePort();
  const { child, output, ended } = run(['scripts/start.mjs', '--no-setup'], { ...place, PORT: String(port) });
  const ready = new Promise<void>((resolve) => {
    const look = (): void => {
      if (output().includes('Rollcall is ready')) resolve();
    };
    child.stdout.on('data', look);
  });
  await Promise.race([ready, ended]);
  if (child.exitCode !== null) throw new Error(`Rollcall did not start:\n${output().slice(-4000)}`);
  return {
    api: new ApiClient(`http://127.0.0.1:${String(port)}`),
    password: /the password (\S+)/.exec(output())?.[1],
    async stop() {
      child.kill('SIGTERM');
      return { code: await ended, output: output() };
    },
  };
}

/** Runs the `rollcall` command, or another program of the repository, on an installation. */
export async function runOn(
  place: Place,
  program: string,
  ...args: string[]
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { output, ended } = run([program, ...args], place);
  return { code: await ended, output: output() };
}

function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const [program = '', ...rest] = args;
  const child = spawn(process.execPath, [join(repositoryRoot, program), ...rest], {
    cwd: repositoryRoot,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => text, ended };
}
