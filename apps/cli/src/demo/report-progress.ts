import type { DemoListener } from './run-demo.js';

/** Where progress is written: a terminal, or a pipe or log. */
export interface ProgressTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells how far the demo is: a line a person; a counter of frames that rewrites itself on a terminal. */
export function createProgress(out: ProgressTarget): DemoListener {
  let headed = false;
  return {
    onPerson({ person, outcome }) {
      out.write(`  ✔ ${person.fullName.padEnd(18)} ${person.employeeCode.padEnd(10)} ${outcome}\n`);
    },
    onFrame(done, total) {
      if (!headed) out.write('\nFrames\n\n');
      headed = true;
      const line = `  ${done === total ? '✔' : '…'} ${done} of ${total} recognised`;
      if (out.isTTY === true) out.write(`\r${line}${done === total ? '\n' : ''}`);
      else if (done === total || done % 10 === 0) out.write(`${line}\n`);
    },
  };
}
