/** Where one service process stands at the end of a round. */
export interface MemorySample {
  readonly label: string;
  readonly service: string;
  readonly pid: number;
  /** Resident, children included, MB. */
  readonly mb: number;
}

/** So far a process may stand above the level of its kind, MB; measured were 13 at most in a run of every short fault. */
const MOST_OVER_LEVEL_MB = 60;
/** A process that has come to rest so often has a trend; the first rests belong to its start. */
const TREND_RESTS = 8;
const START_RESTS = 3;
/** So much a process may climb by the straight line through its rests, MB; measured were 8. */
const MOST_CLIMB_MB = 25;

/**
 * Follows the memory of a run. The level of a kind of process is taken at the first rest of the run and stays: what grows a
 * little with every process, as when each loads more than the one before, shows as well as what one process gathers.
 */
export class MemoryWatch {
  private readonly levels = new Map<string, number>();
  private readonly courses = new Map<number, number[]>();
  private mostOver = 0;
  private mostClimb = 0;

  /** Takes the samples of one rest; what is wrong with them. */
  note(samples: readonly MemorySample[]): string[] {
    const first = new Map<string, number>();
    for (const { service, mb } of samples) first.set(service, Math.max(mb, first.get(service) ?? 0));
    for (const [service, mb] of first) if (!this.levels.has(service)) this.levels.set(service, mb);
    return samples.flatMap((sample) => [...this.judgeLevel(sample), ...this.judgeTrend(sample)]);
  }

  /** How far any process stood above its level so far, and how far any of them climbed while it lived. */
  describe(): string {
    return `most over its level ${this.mostOver.toFixed(0)} MB, highest climb ${this.mostClimb.toFixed(0)} MB`;
  }

  private judgeLevel({ label, service, mb }: MemorySample): string[] {
    const level = this.levels.get(service) ?? mb;
    this.mostOver = Math.max(this.mostOver, mb - level);
    if (mb <= level + MOST_OVER_LEVEL_MB) return [];
    return [`${label} holds ${mb.toFixed(0)} MB, its kind ${level.toFixed(0)} when the run began`];
  }

  private judgeTrend({ label, pid, mb }: MemorySample): string[] {
    const course = this.courses.get(pid) ?? [];
    this.courses.set(pid, course);
    course.push(mb);
    if (course.length < TREND_RESTS) return [];
    // What it held when it had started it may give back and take again: machines reclaim memory that lies idle.
    const held = Math.max(...course.slice(0, START_RESTS));
    const settled = course.slice(START_RESTS).map((value) => Math.max(value, held));
    const climb = slopeOf(settled) * (settled.length - 1);
    this.mostClimb = Math.max(this.mostClimb, climb);
    if (climb <= MOST_CLIMB_MB) return [];
    return [
      `${label} climbs from round to round: by ${climb.toFixed(0)} MB in ${settled.length}, to ${mb.toFixed(0)} MB`,
    ];
  }
}

/** Least squares through values one step apart. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [over, under] = [0, 0];
  for (const [position, value] of values.entries()) {
    over += (position - middle) * (value - mean);
    under += (position - middle) ** 2;
  }
  return over / under;
}
