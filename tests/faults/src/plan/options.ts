import { parseArgs } from 'node:util';

export interface SuiteOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Only the fault of this name. */
  readonly only: string | undefined;
  /** No round begins after so many minutes. */
  readonly minutes: number;
  /** Without the faults that take half a minute and more. */
  readonly short: boolean;
  readonly framesPerSecond: number;
  /** Folder in which installation, images and logs stay; removed at the end when not given. */
  readonly keep: boolean;
  readonly list: boolean;
}

export const usage = `usage: npm run test:faults -- [--rounds N] [--seed S] [--only NAME] [--minutes M] [--short] [--rate N] [--keep] [--list]
Runs a whole Rollcall under load, breaks something in every round, and counts what was lost or came twice.
  --rounds N   faults to try; default: each once
  --seed S     what is drawn, and when; printed with every run. Default: by the clock
  --only NAME  one fault only; --list names them
  --minutes M  no round begins after so many minutes
  --short      without the faults that take half a minute and more
  --rate N     frames a second; default 4
  --keep       keeps the folder with installation and logs
Ends with 0 when nothing was lost, nothing came twice and everything was as it should be after each round, else with 1.
`;

/** @throws TypeError, RangeError with what is wrong with the arguments. */
export function readOptions(args: string[], faultCount: number): SuiteOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: { rounds: text, seed: text, only: text, minutes: text, rate: text, short: flag, keep: flag, list: flag },
  });
  return {
    rounds: positive('rounds', values.rounds ?? String(values.only === undefined ? faultCount : 1)),
    seed: positive('seed', values.seed ?? String(Date.now() % 1_000_000)),
    only: values.only,
    minutes: positive('minutes', values.minutes ?? '100000'),
    short: values.short,
    framesPerSecond: positive('rate', values.rate ?? '4'),
    keep: values.keep,
    list: values.list,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`--${name} is ${text}; allowed: a number above 0`);
  return value;
}
