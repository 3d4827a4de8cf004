import { Command } from 'commander';
import { addAttendanceCommand } from './commands/attendance.js';
import { addBackupCommands } from './commands/backup.js';
import type { CommandContext } from './commands/command-context.js';
import { addDemoCommand } from './commands/demo.js';
import { addEnrolCommand } from './commands/enrol.js';
import { addEventsCommand } from './commands/events.js';
import { addLoginCommands } from './commands/login.js';
import { addNotificationsCommand } from './commands/notifications.js';
import { addOrganizationCommands } from './commands/organization.js';
import { addRecognizeCommand } from './commands/recognize.js';
import { addReplayCommand } from './commands/replay.js';
import { addUserCommands } from './commands/user.js';

/** The `rollcall` command with all that it can do. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('rollcall')
    .description('Enrols people, sends frames and reads attendance over HTTP.')
    .showHelpAfterError('(`rollcall --help` lists what there is)');
  addLoginCommands(program, context);
  addUserCommands(program, context);
  addOrganizationCommands(program, context);
  addEnrolCommand(program, context);
  addRecognizeCommand(program, context);
  addAttendanceCommand(program, context);
  addEventsCommand(program, context);
  addNotificationsCommand(program, context);
  addDemoCommand(program, context);
  addBackupCommands(program, context);
  addReplayCommand(program);
  return program;
}
