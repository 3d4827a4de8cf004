import type { EventOut } from '@rollcall/contracts';
import type { Command } from 'commander';
import type { ApiClient } from '../api/api-client.js';
import { followFeed, type FeedPage } from './follow-feed.js';
import type { CommandContext } from './command-context.js';

interface EventsOptions {
  readonly after?: string;
  readonly types?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

export function addEventsCommand(program: Command, context: CommandContext): void {
  program
    .command('events')
    .description('the event feed, in commit order')
    .option('--after <cursor>', 'go on after this place')
    .option('--types <list>', 'only these types, separated by commas')
    .option('--follow', 'stay and print what comes')
    .option('--json', 'one CloudEvent a line')
    .action((options: EventsOptions) => showEvents(options, context));
}

async function showEvents(options: EventsOptions, context: CommandContext): Promise<void> {
  const { client } = await context.openSession();
  const read = (after: string | undefined, wait: number): Promise<FeedPage<EventOut>> =>
    readPage(client, options.types, after, wait);
  const print = (event: EventOut): void => {
    context.print(options.json === true ? JSON.stringify(event) : describe(event));
  };
  const cursor = await followFeed({ read, print, ...pick(options), signal: context.interrupted });
  if (cursor !== undefined) context.tell(`go on with --after ${cursor}`);
}

function readPage(client: ApiClient, types: string | undefined, after: string | undefined, wait: number) {
  return client.readEvents({
    ...(types === undefined ? {} : { types }),
    ...(after === undefined ? {} : { after }),
    wait,
  });
}

function pick({ after, follow }: EventsOptions): { after?: string; follow: boolean } {
  return { ...(after === undefined ? {} : { after }), follow: follow === true };
}

function describe({ time, type, subject, actor }: EventOut): string {
  return `${time}  ${type.padEnd(26)}  ${subject}  by ${actor}`;
}
