// Loaded into every service of the suite before its own program (NODE_OPTIONS=--import). Does nothing until it is told:
// - the file named in ROLLCALL_FAULT_CLOCK holds milliseconds by which the wall clock of the process is wrong; read anew at
//   SIGUSR2. Timers and performance.now() go on as they do when somebody sets the clock of a machine.
// - a pipeline child that reads an image holding CRASH_MARK dies by SIGSEGV, as in a decoder with a bad pointer.
import fs, { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { CRASH_MARK } from './crash-mark.js';

let shiftMs = 0;
const RealDate = Date;

const ShiftedDate = new Proxy(RealDate, {
  // What is given is taken as it is; only "now" is wrong.
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [RealDate.now() + shiftMs] : given, newTarget) as Date,
  apply: () => new RealDate(RealDate.now() + shiftMs).toString(),
  get: (target, name) => (name === 'now' ? () => RealDate.now() + shiftMs : (Reflect.get(target, name) as unknown)),
});

function readShift(file: string): void {
  shiftMs = Number(readFileSync(file, 'utf8')) || 0;
  globalThis.Date = shiftMs === 0 ? RealDate : ShiftedDate;
}

const clockFile = process.env['ROLLCALL_FAULT_CLOCK'];
if (clockFile !== undefined && clockFile !== '') {
  readShift(clockFile);
  process.on('SIGUSR2', () => readShift(clockFile));
}

if (process.argv[2]?.includes('"storageRoot"')) {
  const mark = Buffer.from(CRASH_MARK);
  const realRead = fs.read;
  const read = (...given: unknown[]): void => {
    const done = given.pop() as (error: Error | null, count: number, bytes: Buffer) => void;
    const looked = (error: Error | null, count: number, bytes: Buffer): void => {
      if (error === null && bytes.subarray(0, 4096).includes(mark)) process.kill(process.pid, 'SIGSEGV');
      done(error, count, bytes);
    };
    (realRead as (...args: unknown[]) => void)(...given, looked);
  };
  // With what promisify looks for.
  Object.defineProperties(read, Object.getOwnPropertyDescriptors(realRead));
  fs.read = read as typeof fs.read;
  syncBuiltinESMExports();
}
