import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from './command-context.js';

export function addDemoCommand(program: Command, context: CommandContext): void {
  void program;
  void context;
  void InvalidArgumentError;
}
