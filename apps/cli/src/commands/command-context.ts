import type { CliConfig } from '../config.js';
import type { OpenSession } from '../session/open-session.js';

/** What a command gets from outside: nothing in a command reads the environment, the clock or the terminal itself. */
export interface CommandContext {
  readonly config: CliConfig;
  readonly now: () => Date;
  /** Writes one line of the result. */
  readonly print: (line: string) => void;
  /** Writes one line beside the result (progress, hints), which a pipe does not get. */
  readonly tell: (line: string) => void;
  readonly openSession: () => Promise<OpenSession>;
  readonly askPassword: (question: string) => Promise<string>;
  readonly newKey: () => string;
  /** Ends when the user interrupts. */
  readonly interrupted: AbortSignal;
}

/** Prints a result as people read it, or with `--json` as programs do: one JSON value a line. */
export function printResult(
  { print }: Pick<CommandContext, 'print'>,
  { json }: { readonly json?: boolean },
  values: readonly unknown[],
  forPeople: () => string,
): void {
  if (json === true) for (const value of values) print(JSON.stringify(value));
  else print(forPeople());
}
