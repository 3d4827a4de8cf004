import { createHash } from 'node:crypto';

/** What an organization's attendance of a work date is, in a line: equal digests are equal rows, in every column. */
export interface DayDigest {
  readonly workDate: string;
  readonly logs: number;
  readonly records: number;
  readonly logsDigest: string;
  readonly recordsDigest: string;
}

/** All of an organization's days. */
export interface AttendanceTotal {
  readonly logs: number;
  readonly records: number;
  /** Hexadecimal. */
  readonly checksum: string;
}

/** A work date that is one thing in the tables and another from the event log; null: not there at all. */
export interface DayDifference {
  readonly workDate: string;
  readonly live: DayDigest | null;
  readonly projected: DayDigest | null;
}

export function totalOf(days: readonly DayDigest[]): AttendanceTotal {
  const hash = createHash('sha256');
  let [logs, records] = [0, 0];
  for (const day of days) {
    logs += day.logs;
    records += day.records;
    hash.update(`${day.workDate} ${day.logsDigest} ${day.recordsDigest}\n`);
  }
  return { logs, records, checksum: hash.digest('hex').slice(0, 32) };
}

/** The work dates that differ, the oldest first. */
export function compareDays(live: readonly DayDigest[], projected: readonly DayDigest[]): DayDifference[] {
  const [ofLive, ofProjected] = [byDate(live), byDate(projected)];
  const dates = [...new Set([...ofLive.keys(), ...ofProjected.keys()])].toSorted();
  return dates
    .map((workDate) => ({
      ...{ workDate, live: ofLive.get(workDate) ?? null, projected: ofProjected.get(workDate) ?? null },
    }))
    .filter(({ live: a, projected: b }) => a?.logsDigest !== b?.logsDigest || a?.recordsDigest !== b?.recordsDigest);
}

/** What differs, for people. */
export function describeDifference({ workDate, live, projected }: DayDifference): string {
  const parts = [
    part('sightings', live?.logs ?? 0, projected?.logs ?? 0, live?.logsDigest === projected?.logsDigest),
    part('records', live?.records ?? 0, projected?.records ?? 0, live?.recordsDigest === projected?.recordsDigest),
  ];
  return `${workDate}: ${parts.filter((text) => text !== '').join(', ')}`;
}

function part(what: string, live: number, projected: number, equal: boolean): string {
  if (equal || (live === 0 && projected === 0)) return '';
  if (live === projected) return `${String(live)} ${what}, with other contents`;
  return `${String(live)} ${what} live, ${String(projected)} from the log`;
}

function byDate(days: readonly DayDigest[]): Map<string, DayDigest> {
  return new Map(days.map((day) => [day.workDate, day]));
}
