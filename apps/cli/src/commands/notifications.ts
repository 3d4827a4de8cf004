import type { NotificationOut } from '@rollcall/contracts';
import type { Command } from 'commander';
import { formatTable } from '../output/format-table.js';
import { formatDateTime } from '../output/format-time.js';
import { printResult, type CommandContext } from './command-context.js';
import { followFeed } from './follow-feed.js';

export function addNotificationsCommand(program: Command, context: CommandContext): void {
  program
    .command('notifications')
    .description('your own notifications')
    .option('--after <cursor>', 'go on after this place')
    .option('--json', 'one JSON object a line')
    .action((options: { after?: string; json?: boolean }) => showNotifications(options, context));
}

async function showNotifications(options: { after?: string; json?: boolean }, context: CommandContext): Promise<void> {
  const { client, timeZone } = await context.openSession();
  const rows: NotificationOut[] = [];
  await followFeed<NotificationOut>({
    read: (after, wait) => client.readNotifications({ wait, ...(after === undefined ? {} : { after }) }),
    print: (row) => rows.push(row),
    ...(options.after === undefined ? {} : { after: options.after }),
    follow: false,
    signal: context.interrupted,
  });
  printResult(context, options, rows, () =>
    formatTable(
      ['TIME', 'TYPE', 'SUBJECT', 'SEVERITY', 'READ'],
      rows.map((row) => [
        formatDateTime(row.created_at, timeZone),
        row.type,
        row.subject,
        row.severity,
        row.read_at === null ? '' : '✔',
      ]),
    ),
  );
}
