import { describeDifference, type AttendanceTotal, type DayDifference } from './compare-days.js';

/** Days that are named of those that differ. */
const MOST_DAYS = 10;

export interface CheckToDescribe {
  readonly live: AttendanceTotal;
  readonly projected: AttendanceTotal;
  readonly differences: readonly DayDifference[];
  readonly missingConsequences: number;
}

/** What a check came to, in lines for people. */
export function describeCheck(
  slug: string,
  { live, projected, differences, missingConsequences }: CheckToDescribe,
): { readonly equal: boolean; readonly lines: readonly string[] } {
  const equal = differences.length === 0 && missingConsequences === 0;
  const verdict = equal ? 'the same' : 'THEY DIFFER';
  const lines = [`${slug}: ${describe(live)}, live`, `${slug}: ${describe(projected)}, from the event log: ${verdict}`];
  lines.push(...differences.slice(0, MOST_DAYS).map((difference) => `  ${describeDifference(difference)}`));
  if (differences.length > MOST_DAYS) lines.push(`  and ${String(differences.length - MOST_DAYS)} days more`);
  if (missingConsequences > 0) {
    lines.push(`  ${String(missingConsequences)} events or lines of the trail that follow from the log are not there`);
  }
  return { equal, lines };
}

function describe({ logs, records, checksum }: AttendanceTotal): string {
  return `${String(logs)} sightings, ${String(records)} records, checksum ${checksum}`;
}
