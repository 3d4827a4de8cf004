import type { AttendanceOut } from '@rollcall/contracts';
import type { OpenSession } from '../session/open-session.js';
import { checkRecords, countChanges, type RecordCheck } from './check-records.js';
import type { DemoPlan, ExpectedRecord } from './demo-plan.js';
import { expectRecords, type Sighting } from './expect-records.js';
import { preparePerson, type PreparedPerson } from './prepare-people.js';
import { sendFrames, type SentFrame } from './send-frames.js';
import { waitForRecords } from './wait-for-records.js';
import { workDateOf } from './work-date.js';

/** What the demo tells while it runs. */
export interface DemoListener {
  onPerson(prepared: PreparedPerson): void;
  onFrame(done: number, total: number): void;
}

export interface DemoOutcome {
  /** Employee code by user id. */
  readonly people: ReadonlyMap<string, string>;
  /** First and last work date of the frames. */
  readonly days: { readonly from: string; readonly to: string };
  readonly frames: readonly SentFrame[];
  readonly checks: readonly RecordCheck[];
  readonly unexpected: readonly AttendanceOut[];
  /** The records of the demo's people on the days of its frames, as they are now. */
  readonly records: readonly AttendanceOut[];
  /** Records that are new or say something else than before this run. */
  readonly changed: number;
  /** Faces that became nobody's sighting: not known, or not fit for a decision. */
  readonly nobodys: number;
  /** Faces of people whom this Rollcall knows apart from the demo. */
  readonly others: number;
  readonly succeeded: boolean;
}

/**
 * The whole way, over HTTP alone: people are enrolled, frames sent, and the records that come out held against what must
 * come out. Doing it again changes nothing.
 *
 * @throws ApiError
 */
export async function runDemo(
  { client, timeZone }: OpenSession,
  plan: DemoPlan,
  listener: DemoListener,
): Promise<DemoOutcome> {
  const people = new Map<string, string>();
  for (const person of plan.people) {
    const prepared = await preparePerson(client, person);
    people.set(prepared.userId, person.employeeCode);
    listener.onPerson(prepared);
  }
  const days = daysOf(plan, timeZone);
  const read = (): Promise<AttendanceOut[]> => readRecords(client.listAttendance(days), people);
  const before = await read();
  const frames = await sendFrames(client, plan.frames, (done) => {
    listener.onFrame(done, plan.frames.length);
  });
  const expected = plan.expected ?? expectRecords(sightingsOf(frames, people, timeZone));
  const check = (records: readonly AttendanceOut[]) =>
    checkRecords(expected, records, plan.expected === undefined ? 'covering' : 'exact');
  const records = await waitForRecords(read, (now) => isRight(check(now)));
  const { checks, unexpected } = check(records);
  const faces = frames.flatMap(({ result }) => result.faces);
  const nobodys = faces.filter(({ decision }) => decision === 'unknown' || decision === 'rejected').length;
  const others = faces.filter(
    ({ decision, user_id: userId = '' }) => decision === 'match' && !people.has(userId),
  ).length;
  const rightStrangers = plan.strangers === undefined || nobodys + others === plan.strangers;
  const decided = frames.every(({ result }) => result.status === 'completed');
  return {
    people,
    days,
    frames,
    checks,
    unexpected,
    records,
    changed: countChanges(before, records),
    nobodys,
    others,
    // Without anybody recognised nothing was shown.
    succeeded: checks.length > 0 && isRight({ checks, unexpected }) && rightStrangers && decided,
  };
}

function isRight({ checks, unexpected }: Pick<DemoOutcome, 'checks' | 'unexpected'>): boolean {
  return unexpected.length === 0 && checks.every(({ problem }) => problem === undefined);
}

async function readRecords(
  all: AsyncIterable<AttendanceOut>,
  people: ReadonlyMap<string, string>,
): Promise<AttendanceOut[]> {
  const records: AttendanceOut[] = [];
  for await (const record of all) if (people.has(record.user_id)) records.push(record);
  return records;
}

function sightingsOf(frames: readonly SentFrame[], people: ReadonlyMap<string, string>, timeZone: string): Sighting[] {
  return frames.flatMap(({ frame: { capturedAt }, result }) =>
    result.faces.flatMap(({ decision, user_id: userId = '' }) => {
      const employeeCode = decision === 'match' ? people.get(userId) : undefined;
      return employeeCode === undefined
        ? []
        : [{ employeeCode, capturedAt, workDate: workDateOf(capturedAt, timeZone) }];
    }),
  );
}

function daysOf({ frames, expected = [] }: DemoPlan, timeZone: string): { from: string; to: string } {
  const dates = [
    ...frames.map(({ capturedAt }) => workDateOf(capturedAt, timeZone)),
    ...expected.map(({ workDate }: ExpectedRecord) => workDate),
  ].sort();
  const [from] = dates;
  const to = dates.at(-1);
  if (from === undefined || to === undefined) throw new RangeError('a demo without frames has no days');
  return { from, to };
}
