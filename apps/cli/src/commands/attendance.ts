import type { AttendanceOut } from '@rollcall/contracts';
import type { Command } from 'commander';
import type { AttendanceFilter } from '../api/api-client.js';
import { attendanceTable } from '../output/attendance-table.js';
import { printResult, type CommandContext } from './command-context.js';

interface AttendanceOptions {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly user?: string;
  readonly json?: boolean;
}

export function addAttendanceCommand(program: Command, context: CommandContext): void {
  program
    .command('attendance')
    .description('the attendance records')
    .option('--date <date>', 'of one work date, YYYY-MM-DD')
    .option('--from <date>', 'from this work date on')
    .option('--to <date>', 'up to this work date')
    .option('--user <id>', 'of one person')
    .option('--json', 'one JSON object a line')
    .action((options: AttendanceOptions) => showAttendance(options, context));
}

async function showAttendance(options: AttendanceOptions, context: CommandContext): Promise<void> {
  const { client, timeZone } = await context.openSession();
  const records: AttendanceOut[] = [];
  for await (const record of client.listAttendance(toFilter(options))) records.push(record);
  printResult(context, options, records, () => attendanceTable(records, timeZone));
}

function toFilter({ date, from = date, to = date, user }: AttendanceOptions): AttendanceFilter {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(user === undefined ? {} : { user_id: user }),
  };
}
