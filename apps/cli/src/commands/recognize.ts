import type { FaceResult, RecognizeFields, RecognizeResponse } from '@rollcall/contracts';
import { sourceTypes } from '@rollcall/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { formatTable } from '../output/format-table.js';
import { printResult, type CommandContext } from './command-context.js';
import { readImage } from './enrol.js';

type Source = Pick<RecognizeFields, 'source_type' | 'source_id'>;

interface RecognizeOptions {
  readonly source: Source;
  readonly at?: string;
  readonly wait: number;
  readonly mode?: 'single' | 'group';
  readonly json?: boolean;
}

export function addRecognizeCommand(program: Command, context: CommandContext): void {
  program
    .command('recognize')
    .description('send a frame as a camera would')
    .argument('<image>')
    .requiredOption('--source <type:id>', 'the camera: `entrance-1`, or with its type `kiosk:lobby`', parseSource)
    .option('--at <time>', 'when the frame was taken, RFC 3339 with offset (default: now)')
    .option('--wait <seconds>', 'how long to wait for the result, 0 to 30', parseSeconds, 10)
    .option('--mode <mode>', '`single` (somebody at a door) or `group` (default: the source decides)')
    .option('--json', 'print the whole answer as JSON')
    .action((image: string, options: RecognizeOptions) => recognize(image, options, context));
}

async function recognize(path: string, options: RecognizeOptions, context: CommandContext): Promise<void> {
  const { client } = await context.openSession();
  const fields: RecognizeFields = {
    ...options.source,
    timestamp: options.at ?? context.now().toISOString(),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
  };
  const send = { idempotencyKey: context.newKey(), waitSeconds: options.wait };
  const result = await client.recognize(fields, await readImage(path), send);
  printResult(context, options, [result], () => describe(result));
}

function describe(result: RecognizeResponse): string {
  const state = `${result.recognition_id}: ${result.status}${result.reason === undefined ? '' : ` (${result.reason})`}`;
  if (result.status !== 'completed') return state;
  if (result.faces.length === 0) return `${state}, no face`;
  return `${state}\n${formatTable(['FACE', 'DECISION', 'USER', 'SIMILARITY', 'MARGIN', 'LIVENESS', 'REASON'], result.faces.map(toRow))}`;
}

function toRow(face: FaceResult): string[] {
  return [
    String(face.index),
    face.decision,
    face.user_id ?? '',
    face.similarity?.toFixed(3) ?? '',
    face.margin?.toFixed(3) ?? '',
    face.liveness.verdict,
    face.reason ?? '',
  ];
}

function parseSource(text: string): Source {
  const [type, ...rest] = text.split(':');
  const source_type = sourceTypes.find((known) => known === type);
  if (source_type !== undefined && rest.length > 0) return { source_type, source_id: rest.join(':') };
  return { source_type: 'camera', source_id: text };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 30) return seconds;
  throw new InvalidArgumentError('a whole number from 0 to 30 is wanted.');
}
