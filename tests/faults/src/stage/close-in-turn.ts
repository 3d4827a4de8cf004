/** Runs every step, whatever becomes of the others: no process may stay behind. What fails is told. */
export async function closeInTurn(steps: readonly (() => unknown)[]): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      process.stderr.write(`while closing: ${String(error)}\n`);
    }
  }
}
