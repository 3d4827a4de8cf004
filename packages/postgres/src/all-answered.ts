/** The server's code for every statement after the one that failed, until the transaction is rolled back. */
const TRANSACTION_HAS_FAILED = '25P02';

/**
 * Waits for statements that were sent to one connection behind each other, without waiting for the answers in between: a
 * round trip for all of them. The server takes them in the order they were sent. Call it within a transaction, so that none
 * of them takes effect when another fails; and only with statements that do not need each other's answers.
 *
 * Fails when all have been answered, with the failure that made the others fail, not with "the transaction is aborted".
 */
export async function allAnswered<const Statements extends readonly unknown[]>(
  statements: Statements,
): Promise<{ -readonly [Place in keyof Statements]: Awaited<Statements[Place]> }> {
  const outcomes = await Promise.allSettled(statements);
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }): unknown => reason);
  if (failures.length > 0) throw failures.find((failure) => !isConsequence(failure)) ?? failures[0];
  return Promise.all(statements);
}

function isConsequence(failure: unknown): boolean {
  return (failure as { code?: unknown } | null)?.code === TRANSACTION_HAS_FAILED;
}
