import type { AttendancePolicyDifference } from '@rollcall/contracts';
import type { DifferentDay } from './compare-days.js';

/** A person's work date that a preview computes. */
export interface PreviewedDay {
  readonly userId: string;
  readonly workDate: string;
}

/** What a preview may cost: it is a look ahead, and frames need the same process and the same connections. */
export interface PreviewBounds {
  /** Days of people that are computed. */
  readonly days: number;
  /** When no further page is begun, ms. */
  readonly milliseconds: number;
  readonly daysAPage: number;
}

export interface PreviewSpan {
  readonly dates: readonly string[];
  readonly userIds: readonly string[];
}

export interface PreviewParts {
  /** Computes a page in a transaction of its own; undefined when that took too long. */
  readonly compare: (days: readonly PreviewedDay[]) => Promise<readonly DifferentDay[] | undefined>;
  readonly monotonicNow: () => number;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface Previewed {
  readonly different: readonly DifferentDay[];
  readonly figures: Pick<AttendancePolicyDifference, 'days' | 'examined' | 'complete' | 'limit_reached'>;
}

/** Compares the days of a span, by date and person, as far as the bounds let it. */
export async function previewDays(
  { dates, userIds }: PreviewSpan,
  bounds: PreviewBounds,
  { compare, monotonicNow, signal }: PreviewParts,
): Promise<Previewed> {
  const days = dates.length * userIds.length;
  const until = monotonicNow() + bounds.milliseconds;
  const most = Math.min(days, bounds.days);
  const different: DifferentDay[] = [];
  let examined = 0;
  let late = false;
  while (examined < most && !late && !signal.aborted) {
    const length = Math.min(bounds.daysAPage, most - examined);
    const page = Array.from({ length }, (_, index) => dayAt(examined + index));
    const found = await compare(page);
    if (found !== undefined) {
      different.push(...found);
      examined += length;
    }
    late = found === undefined || (examined < most && monotonicNow() >= until);
  }
  const complete = examined === days;
  return { different, figures: { days, examined, complete, limit_reached: complete ? null : late ? 'TIME' : 'DAYS' } };

  function dayAt(place: number): PreviewedDay {
    const [date, person] = [Math.floor(place / userIds.length), place % userIds.length];
    return { userId: userIds[person] ?? '', workDate: dates[date] ?? '' };
  }
}
