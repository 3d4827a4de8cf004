import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RegisterResponse } from '@rollcall/contracts';
import type { Command } from 'commander';
import type { ImageFile } from '../api/api-client.js';
import { waitForRegistration } from '../api/wait-for-result.js';
import { printResult, type CommandContext } from './command-context.js';

export function addEnrolCommand(program: Command, context: CommandContext): void {
  program
    .command('enrol')
    .description('enrol a person from 3 to 5 photos that each show their face alone')
    .argument('<user-id>')
    .argument('<images...>')
    .option('--json', 'print the whole answer as JSON')
    .action((userId: string, images: string[], options: { json?: boolean }) => enrol(userId, images, options, context));
}

async function enrol(
  userId: string,
  paths: readonly string[],
  options: { json?: boolean },
  context: CommandContext,
): Promise<void> {
  const { client } = await context.openSession();
  const images = await Promise.all(paths.map(readImage));
  const idempotencyKey = context.newKey();
  const accepted = await client.registerFaces(userId, images, { idempotencyKey, waitSeconds: 30 });
  const result = await waitForRegistration(client, accepted, context.interrupted);
  printResult(context, options, [result], () => describe(result, paths));
}

export async function readImage(path: string): Promise<ImageFile> {
  return { name: basename(path), bytes: new Uint8Array(await readFile(path)) };
}

function describe({ faces, rejected }: RegisterResponse, paths: readonly string[]): string {
  const refused = rejected.map(({ image_index, message }) => `✘ ${paths[image_index] ?? image_index}: ${message}`);
  return [`✔ enrolled with ${faces.length} of ${paths.length} images`, ...refused].join('\n');
}
