/** One variable that stops the start, with the words to put it right. Never holds the value of a secret. */
export interface ConfigProblem {
  readonly variable: string;
  readonly message: string;
}

/** The environment does not fit the schema. The message names every wrong variable and what is allowed, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.problems = problems;
  }
}
