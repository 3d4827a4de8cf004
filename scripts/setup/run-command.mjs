import { spawn } from 'node:child_process';

const KEPT_OUTPUT = 64 * 1024;

/**
 * Runs a command without a shell.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, stdin?: 'ignore' | 'inherit' }} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, output: string }>} `code` is null when it could
 *   not be started or was killed; `output` the end of stdout and stderr together
 */
export function runCommand(command, args, { cwd, env, onLine, stdin = 'ignore' } = {}) {
  return new Promise((done) => {
    let output = '';
    let pending = '';
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: [stdin, 'pipe', 'pipe'] });
    const take = (/** @type {string} */ text) => {
      output = (output + text).slice(-KEPT_OUTPUT);
      if (!onLine) return;
      const lines = (pending + text).split(/\r?\n|\r/);
      pending = lines.pop() ?? '';
      for (const line of lines) if (line.trim()) onLine(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => done({ code: null, signal: null, output: String(error.message) }));
    child.on('close', (code, signal) => done({ code, signal, output }));
  });
}

/** The last `count` lines of a tool's output that say something. */
export function lastLines(output, count = 15) {
  return output
    .split('\n')
    .filter((line) => line.trim())
    .slice(-count)
    .join('\n');
}
