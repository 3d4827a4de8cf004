import { HEADS_FOLDER } from '@rollcall/audit-trail';
import { createPool } from '@rollcall/postgres';
import { InvalidArgumentError, type Command } from 'commander';
import { join, resolve } from 'node:path';
import { findRunning } from '../local/is-running-here.js';
import { readLocalConfig, type LocalConfig } from '../local/local-config.js';
import { printResult, type CommandContext } from './command-context.js';

interface RestoreOptions {
  readonly replace?: boolean;
  readonly afterEpoch?: number;
  readonly json?: boolean;
}

export function addBackupCommands(program: Command, context: CommandContext): void {
  program
    .command('backup')
    .description(
      'copy this installation into a folder while it runs: database, images, secrets; on the machine it runs on',
    )
    .argument(
      '<folder>',
      'made; must be empty or not there. Whoever has it has everything: keep it as safe as the installation',
    )
    .option('--json', 'print the result as JSON')
    .action((folder: string, options: { readonly json?: boolean }) => backUp(folder, options, context));
  program
    .command('restore')
    .description('make this installation of a backup; Rollcall must not run')
    .argument('<folder>', 'the backup')
    .option('--replace', 'put what is here aside, under another name')
    .option(
      '--after-epoch <number>',
      'epoch of the event log of a lost installation, if readers of its events go on',
      toEpoch,
    )
    .option('--json', 'print the result as JSON')
    .action((folder: string, options: RestoreOptions) => restore(folder, options, context));
}

/** Who may read the installation's secrets may do anything to its database: no sign-in is asked for. */
async function backUp(folder: string, options: { readonly json?: boolean }, context: CommandContext): Promise<void> {
  // Loaded only here: it brings the database along, which most commands do not need.
  const { backUpInstallation } = await import('@rollcall/db');
  const local = readLocalConfig();
  const target = resolve(folder);
  const manifest = await backUpInstallation({
    ...placesOf(local),
    settingsFile: resolve(local.root, '.env'),
    folder: target,
    now: context.now(),
    log: context.tell,
  });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  printResult(context, options, [{ folder: target, bytes, ...manifest }], () =>
    [
      `The backup is in ${target} (${(bytes / 1_000_000).toFixed(1)} MB).`,
      'It holds faces, passwords’ hashes and the keys of this installation: keep it as safe as the installation itself.',
    ].join('\n'),
  );
}

async function restore(folder: string, options: RestoreOptions, context: CommandContext): Promise<void> {
  const { BackupError, restoreInstallation } = await import('@rollcall/db');
  const local = readLocalConfig();
  if (await findRunning(local.stateDir)) throw new BackupError(`Rollcall runs on ${local.stateDir}: stop it first.`);
  const restored = await restoreInstallation({
    ...placesOf(local),
    folder: resolve(folder),
    replace: options.replace === true,
    ...(options.afterEpoch === undefined ? {} : { afterEpoch: options.afterEpoch }),
    now: context.now(),
    log: context.tell,
  });
  const trail = await checkTrail(local, context);
  if (!trail) process.exitCode = 1;
  const { epoch, backupOf: backup_of, putAside: put_aside, settingsFile: settings_file } = restored;
  printResult(context, options, [{ epoch, backup_of, put_aside, settings_file, trail_verifies: trail }], () =>
    [
      `Restored as of ${backup_of}; what happened since is gone. The event log begins epoch ${String(epoch)}: its readers go on.`,
      ...put_aside.map((path) => `  kept what was here as ${path}`),
      ...(settings_file === undefined ? [] : [`  compare .env with the settings of then: ${settings_file}`]),
      trail
        ? 'The audit trail verifies. Start Rollcall: npm start'
        : 'The audit trail does NOT verify: see the lines above.',
    ].join('\n'),
  );
}

async function checkTrail(local: LocalConfig, { tell, now }: CommandContext): Promise<boolean> {
  const { openInstallation, verifyAudit } = await import('@rollcall/db');
  const { stateDir, databaseUrl } = placesOf(local);
  const installation = await openInstallation({ stateDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  const connectionString = installation.systemUrl;
  const pool = createPool({ connectionString, applicationName: 'rollcall restore', max: 1, onError: () => undefined });
  try {
    return (
      (await verifyAudit(pool, {
        ...{ headFile: undefined, headsFolder: join(local.storageRoot, HEADS_FOLDER), writeHeadFile: undefined },
        ...{ print: tell, now: now() },
      })) === 0
    );
  } finally {
    await pool.end();
    await installation.close();
  }
}

function placesOf({ stateDir, databaseUrl, storageRoot }: LocalConfig) {
  return { stateDir, storageRoot, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
}

function toEpoch(text: string): number {
  const epoch = Number(text);
  if (!Number.isInteger(epoch) || epoch < 1 || epoch > 30_000)
    throw new InvalidArgumentError('a whole number from 1 on is wanted.');
  return epoch;
}
