import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readLocalConfig } from '../local/local-config.js';

interface ReplayOptions {
  readonly check?: boolean;
  readonly beside?: boolean;
  readonly all?: boolean;
  readonly organization?: readonly string[];
}

const PROGRAM = 'services/attendance-projector/dist/replay.js';

export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('project sightings and records again from the event log; on the machine Rollcall runs on')
    .argument('[organizations...]', 'slugs or ids')
    .option('--organization <slug...>', 'the same')
    .option('--all', 'every organization')
    .option('--check', 'drop nothing: project them beside the present ones and compare; ends with 1 when they differ')
    .option(
      '--beside',
      'project them beside the present ones, then put them in their place: attendance is there all the while',
    )
    .action(async (organizations: readonly string[], options: ReplayOptions) => {
      process.exitCode = await replay([...organizations, ...(options.organization ?? [])], options);
    });
}

/** Runs the projector's own program with the installation's database. Answers how it ended. */
async function replay(organizations: readonly string[], { all, check, beside }: ReplayOptions): Promise<number> {
  // Loaded only here: it brings the database along, which most commands do not need.
  const { openInstallation } = await import('@rollcall/db');
  const { root, stateDir, databaseUrl, storageRoot } = readLocalConfig();
  const installation = await openInstallation({
    stateDir,
    existing: true,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  try {
    const args = [
      resolve(root, PROGRAM),
      ...(check ? ['--check'] : []),
      ...(beside ? ['--beside'] : []),
      ...(all ? ['--all'] : []),
      '--',
      ...organizations,
    ];
    const env = { ...process.env, DATABASE_URL: installation.systemUrl, STORAGE_ROOT: storageRoot };
    const [code] = (await once(spawn(process.execPath, args, { env, stdio: 'inherit' }), 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await installation.close();
  }
}
