/**
 * The limits of a bench and what missed them. A bench prints each figure with its limit where it is measured, names at its end
 * what was missed, and ends with 1 then: nobody has to compare numbers by eye.
 */
export class Limits {
  private readonly missed: string[] = [];

  /** Text of a figure that may not be below its limit. A figure that is no number misses it. */
  atLeast(what: string, value: number, limit: number, unit = ''): string {
    return this.judge(
      value >= limit,
      `${what}: ${format(value, limit)}${unit} (limit at least ${String(limit)}${unit})`,
    );
  }

  /** Text of a figure that may not be above its limit. A figure that is no number misses it. */
  atMost(what: string, value: number, limit: number, unit = ''): string {
    return this.judge(
      value <= limit,
      `${what}: ${format(value, limit)}${unit} (limit at most ${String(limit)}${unit})`,
    );
  }

  /** A limit that could not be looked at counts as missed. */
  notMeasured(what: string): string {
    return this.judge(false, `${what}: not measured`);
  }

  /** Prints what was missed, and the exit code that follows. */
  tell(print: (line: string) => void): 0 | 1 {
    if (this.missed.length === 0) {
      print('every limit is kept');
      return 0;
    }
    print(`limits missed: ${String(this.missed.length)}`);
    for (const line of this.missed) print(`  ${line}`);
    return 1;
  }

  private judge(isKept: boolean, text: string): string {
    if (!isKept) this.missed.push(text);
    return text;
  }
}

/** Two places, and more where they would hide on which side of the limit the figure is. */
function format(value: number, limit: number): string {
  for (let places = 2; places < 6; places += 1) {
    const text = value.toFixed(places);
    if (Math.sign(Number(text) - limit) === Math.sign(value - limit)) return text;
  }
  return String(value);
}
