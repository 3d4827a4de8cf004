import { formatClock, formatDateTime } from '../output/format-time.js';
import { formatTable } from '../output/format-table.js';
import type { RecordCheck } from './check-records.js';
import type { DemoPlan } from './demo-plan.js';
import type { DemoOutcome, OpenFace } from './run-demo.js';

/** The records with their verdicts, the strangers, and the verdict on the whole: lines for the reader. */
export function reportOutcome(outcome: DemoOutcome, plan: DemoPlan, timeZone: string): string[] {
  return [
    '',
    `Attendance (times in ${timeZone})`,
    '',
    indent(recordTable(outcome, plan, timeZone)),
    ...outcome.unexpected.map(
      (record) => `  ✘ a record of ${record.full_name} on ${record.work_date} that should not be`,
    ),
    '',
    ...reportFaces("Strangers: unknown to Rollcall, so nobody's record", outcome.strangers, timeZone),
    ...reportFaces('Faces not decided: for a person to look at', outcome.undecided, timeZone),
    ...reportUnfinished(outcome),
    verdict(outcome, plan),
    changes(outcome),
  ];
}

function recordTable({ checks }: DemoOutcome, { people }: DemoPlan, timeZone: string): string {
  const names = new Map(people.map(({ employeeCode, fullName }) => [employeeCode, fullName]));
  const inOrder = [...checks].sort(
    (a, b) =>
      a.expected.workDate.localeCompare(b.expected.workDate) ||
      a.expected.checkInAt.localeCompare(b.expected.checkInAt),
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
  return formatTable(['', 'DATE', 'NAME', 'CODE', 'IN', 'OUT', 'STATUS', 'SIGHTINGS', ''], rows);
}

function reportFaces(title: string, faces: readonly OpenFace[], timeZone: string): string[] {
  if (faces.length === 0) return [];
  const rows = faces.map(({ frame, face }) => [
    formatDateTime(frame.capturedAt, timeZone),
    frame.sourceId,
    frame.image.label,
    `face ${face.index}`,
    face.similarity?.toFixed(2) ?? '',
    face.reason ?? face.decision,
  ]);
  return [title, '', indent(formatTable(['CAPTURED', 'CAMERA', 'FRAME', 'FACE', 'NEAREST', 'WHY'], rows)), ''];
}

function reportUnfinished({ frames }: DemoOutcome): string[] {
  return frames
    .filter(({ result }) => result.status !== 'completed')
    .map(({ frame, result }) => `✘ frame ${frame.image.label}: ${result.status} ${result.reason ?? ''}`.trimEnd());
}

function verdict({ succeeded, checks, strangers }: DemoOutcome, plan: DemoPlan): string {
  const right = checks.filter(({ problem }) => problem === undefined).length;
  const wanted =
    plan.strangers === undefined ? '' : `, ${strangers.length} of ${plan.strangers} strangers stayed unknown`;
  return `${succeeded ? '✔' : '✘'} ${right} of ${checks.length} records are right${wanted}.`;
}

function changes({ changed }: DemoOutcome): string {
  if (changed === 0) return '✔ This run changed no record: every frame was known already.';
  return `✔ ${changed} ${changed === 1 ? 'record was' : 'records were'} written. Run it again: nothing will change.`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
