import { spawn } from 'node:child_process';
import { BackupError } from './backup-error.js';

export interface ProgramOptions {
  /** Text for its input. */
  readonly input?: string;
  /** Exit codes besides 0 that are no failure. */
  readonly alsoFine?: readonly number[];
}

/** What is kept of a program's output. */
const LONGEST_OUTPUT = 10_000_000;

/** Runs a program to its end; its output as text. @throws BackupError with the last line it complained with. */
export function runProgram(
  file: string,
  args: readonly string[],
  { input = '', alsoFine = [] }: ProgramOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let complaints = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length < LONGEST_OUTPUT) output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-20_000)));
    // A program that ends early closes its input; why, says its exit.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error) => reject(new BackupError(`Cannot run ${file}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0 || (code !== null && alsoFine.includes(code))) resolve(output);
      else
        reject(
          new BackupError(`${file} failed: ${complaintIn(complaints) ?? `it ended with ${String(code ?? signal)}`}`),
        );
    });
  });
}

/** The first line that speaks of an error; what follows are consequences. */
function complaintIn(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => /error|fatal|cannot/i.test(line)) ?? lines.filter((line) => line !== '').at(-1);
}
