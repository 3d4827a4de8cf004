import type { FaceResult } from '@rollcall/contracts';
import { formatClock, formatDateTime } from '../output/format-time.js';
import { formatTable } from '../output/format-table.js';
import type { RecordCheck } from './check-records.js';
import type { DemoPlan } from './demo-plan.js';
import type { DemoOutcome } from './run-demo.js';
import type { SentFrame } from './send-frames.js';

/** The records with their verdicts, the strangers, and the verdict on the whole: lines for the reader. */
export function reportOutcome(outcome: DemoOutcome, plan: DemoPlan, timeZone: string): string[] {
  return [
    '',
    `Attendance (times in ${timeZone})`,
    '',
    indent(recordTable(outcome, plan, timeZone)),
    ...outcome.unexpected.map((record) => `  ✘ ${record.full_name} has a record on ${record.work_date} and should not`),
    '',
    ...reportOpenFaces(outcome.frames, timeZone),
    ...reportCrossPhoto(outcome, plan),
    ...reportUnfinished(outcome),
    verdict(outcome, plan),
    changes(outcome),
  ];
}

function recordTable({ checks }: DemoOutcome, { people }: DemoPlan, timeZone: string): string {
  const names = new Map(people.map(({ employeeCode, fullName }) => [employeeCode, fullName]));
  const inOrder = [...checks].sort(
    ({ expected: a }, { expected: b }) =>
      a.workDate.localeCompare(b.workDate) || Date.parse(a.checkInAt) - Date.parse(b.checkInAt),
  );
  const rows = inOrder.map(({ expected, record, problem }: RecordCheck) => [
    problem === undefined ? '✔' : '✘',
    expected.workDate,
    names.get(expected.employeeCode) ?? '',
    expected.employeeCode,
    formatClock(record?.check_in_at, timeZone),
    formatClock(record?.check_out_at, timeZone) || '–',
    record?.status ?? '',
    record === undefined ? '' : String(record.evidence.length),
    problem ?? '',
  ]);
  return formatTable(['', 'DATE', 'NAME', 'CODE', 'IN', 'OUT', 'STATUS', 'VISITS', ''], rows);
}

/** A row for each frame that shows somebody who is no match. */
function reportOpenFaces(frames: readonly SentFrame[], timeZone: string): string[] {
  const rows = frames
    .filter(({ result }) => result.faces.some(({ decision }) => decision !== 'match'))
    .map(({ frame, result: { faces } }) => [
      formatDateTime(frame.capturedAt, timeZone),
      frame.sourceId,
      frame.image.label,
      count(faces, 'unknown'),
      nearest(faces),
      count(faces, 'review'),
      count(faces, 'rejected'),
    ]);
  if (rows.length === 0) return [];
  const head = ['CAPTURED', 'CAMERA', 'FRAME', 'UNKNOWN', 'NEAREST', 'REVIEW', 'NOT FIT'];
  return [
    'Strangers: no record for anybody (nearest: similarity to the most similar enrolled face; not fit: turned away, blurred …)',
    '',
    indent(formatTable(head, rows)),
    '',
  ];
}

function count(faces: readonly FaceResult[], decision: FaceResult['decision']): string {
  const number = faces.filter((face) => face.decision === decision).length;
  return number === 0 ? '' : String(number);
}

function nearest(faces: readonly FaceResult[]): string {
  const unknown = faces.filter(({ decision }) => decision === 'unknown');
  return unknown.length === 0 ? '' : Math.max(...unknown.map(({ similarity = 0 }) => similarity)).toFixed(2);
}

function reportCrossPhoto({ frames, people }: DemoOutcome, plan: DemoPlan): string[] {
  const { employeeCode, frame: label } = plan.crossPhoto ?? {};
  const sent = frames.find(({ frame }) => frame.image.label === label);
  if (employeeCode === undefined || sent === undefined) return [];
  const face = sent.result.faces.find(({ user_id: userId = '' }) => people.get(userId) === employeeCode);
  const name = plan.people.find((person) => person.employeeCode === employeeCode)?.fullName ?? employeeCode;
  if (face?.decision !== 'match') return [`✘ ${name} was not recognised in the photo they were not enrolled from.`];
  const figures = `similarity ${face.similarity?.toFixed(2)}, ${face.margin?.toFixed(2)} ahead of anybody else`;
  return [`✔ ${name} was recognised in ${sent.frame.image.label}, a photo they were not enrolled from: ${figures}.`];
}

function reportUnfinished({ frames }: DemoOutcome): string[] {
  return frames
    .filter(({ result }) => result.status !== 'completed')
    .map(({ frame, result }) => `✘ frame ${frame.image.label}: ${result.status} ${result.reason ?? ''}`.trimEnd());
}

function verdict({ succeeded, checks, nobodys, others }: DemoOutcome, { strangers }: DemoPlan): string {
  if (checks.length === 0) return '✘ Nobody enrolled was recognised on the frames, so there are no records.';
  const right = checks.filter(({ problem }) => problem === undefined).length;
  const nobody = strangers === undefined ? '' : `, ${nobodys} of ${strangers} faces of strangers stayed nobody's`;
  const known = others === 0 ? '' : `, ${others} are of people you enrolled`;
  return `${succeeded ? '✔' : '✘'} ${right} of ${checks.length} records are right${nobody}${known}.`;
}

function changes({ changed }: DemoOutcome): string {
  if (changed === 0) return '✔ This run changed no record.';
  return `✔ ${changed} ${changed === 1 ? 'record was' : 'records were'} written. Run it again: nothing will change.`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
