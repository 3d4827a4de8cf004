import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import type { DemoPlan } from '../demo/demo-plan.js';
import { readLocalConfig } from '../local/local-config.js';
import { openDemoRollcall } from '../demo/local/open-demo-rollcall.js';
import { createProgress } from '../demo/report-progress.js';
import { reportOutcome } from '../demo/report-outcome.js';
import { runDemo, type DemoOutcome } from '../demo/run-demo.js';
import type { CommandContext } from './command-context.js';

interface DemoOptions {
  readonly people?: string;
  readonly frames?: string;
}

export function addDemoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('enrol people, send frames and check every record that comes out; twice changes nothing')
    .option('--people <folder>', 'your own people: a folder each, with 3 to 5 photos', requireText)
    .option('--frames <folder>', 'your own frames; capture time from EXIF, file name or file date', requireText)
    .action((options: DemoOptions) => demo(options, context));
  program
    .command('sample-photos')
    .description('write sample photos to try things with: one person and a frame, and the demo as folders')
    .argument('<folder>')
    .action(async (folder: string) => {
      const { writeSamplePhotos } = await import('../demo/write-sample-photos.js');
      for (const line of await writeSamplePhotos(folder)) context.print(line);
    });
}

async function demo({ people, frames }: DemoOptions, context: CommandContext): Promise<void> {
  if ((people === undefined) !== (frames === undefined)) throw new Error('--people and --frames belong together.');
  const { config, print } = context;
  const local = readLocalConfig();
  const signal = context.interrupted;
  const rollcall = await openDemoRollcall({ config, local, now: context.now, tell: print, signal });
  try {
    const { session, url } = rollcall;
    const plan = await makePlan(people, frames, session.timeZone);
    print(`\nRollcall demo at ${url}: ${plan.title}\n`);
    for (const note of plan.notes) print(`  ${note}`);
    print('\nPeople\n');
    const outcome = await runDemo(session, plan, createProgress({ isTTY: process.stdout.isTTY, write: writeOut }));
    for (const line of reportOutcome(outcome, plan, session.timeZone)) print(line);
    for (const line of whereToLookNext(url, rollcall.started, outcome.days)) print(line);
    if (!outcome.succeeded) process.exitCode = 1;
  } finally {
    await rollcall.close();
  }
}

async function makePlan(people: string | undefined, frames: string | undefined, timeZone: string): Promise<DemoPlan> {
  if (people !== undefined && frames !== undefined) {
    const { planFromFolders } = await import('../demo/folder-plan.js');
    return planFromFolders(resolve(people), resolve(frames), timeZone);
  }
  // Loaded only here: it brings OpenCV along, which no other command needs.
  const { planFromSamples } = await import('../demo/sample-plan.js');
  return planFromSamples(timeZone);
}

function whereToLookNext(url: string, started: boolean, { from, to }: DemoOutcome['days']): string[] {
  return [
    '',
    'Where to look next',
    '',
    ...(started ? ['  npm start', '      the Rollcall of this demo ends now; this starts it again'] : []),
    `  ${started ? 'http://localhost:8000' : url}/docs`,
    '      everything Rollcall can do, to try in the browser',
    '  npx rollcall login',
    '      with the password that the first start showed; then',
    `  npx rollcall attendance --from ${from} --to ${to}`,
    '  npx rollcall events --types attendance.checked_in,attendance.unknown_face_seen',
    '  npm run demo -- --people DIR --frames DIR',
    '      the same with your own photos: docs/demo.md',
  ];
}

function requireText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('a folder is wanted.');
  return text;
}

function writeOut(text: string): void {
  process.stdout.write(text);
}
