/** When which frame of the sample photos is sent: the camera, local time of capture and the frame's name. */
export interface ScheduledFrame {
  readonly camera: string;
  readonly at: string;
  readonly frame: string;
}

/** What must come out: `check-out` null for a record that stays open. All times are local. */
export interface ScheduledRecord {
  readonly person: string;
  readonly workDate: string;
  readonly in: string;
  readonly out: string | null;
}

const MONDAY = '2026-03-02';
const TUESDAY = '2026-03-03';
const WEDNESDAY = '2026-03-04';

/**
 * Two days at one entrance and one back door. Everybody comes and goes as the photos have them together: a, b and c are
 * in the first photo, c, d and e in the third, so c is enrolled from the third and recognised in the first as well.
 */
export const schedule: readonly ScheduledFrame[] = [
  frame('entrance', `${MONDAY}T07:52:10`, 'sample5-arrival'),
  frame('entrance', `${MONDAY}T08:14:05`, 'sample1-arrival'),
  // The camera goes on looking: within a minute that is the same visit, whatever camera it is.
  frame('entrance', `${MONDAY}T08:14:20`, 'sample1-departure'),
  frame('back-door', `${MONDAY}T08:14:50`, 'sample1-arrival'),
  frame('entrance', `${MONDAY}T08:47:31`, 'sample4-arrival'),
  frame('entrance', `${MONDAY}T08:55:02`, 'sample3-arrival'),
  frame('back-door', `${MONDAY}T09:20:44`, 'sample6-arrival'),
  frame('entrance', `${MONDAY}T11:30:00`, 'sample2-arrival'),
  // Out for lunch and back: neither first nor last, so the record stays as it is.
  frame('back-door', `${MONDAY}T12:31:15`, 'sample4-departure'),
  frame('back-door', `${MONDAY}T13:12:40`, 'sample4-arrival'),
  frame('entrance', `${MONDAY}T17:05:27`, 'sample3-departure'),
  frame('entrance', `${MONDAY}T17:31:59`, 'sample1-departure'),
  frame('back-door', `${MONDAY}T17:40:08`, 'sample4-departure'),
  frame('entrance', `${MONDAY}T18:04:33`, 'sample5-departure'),
  frame('entrance', `${TUESDAY}T08:02:16`, 'sample6-arrival'),
  frame('back-door', `${TUESDAY}T16:45:51`, 'sample6-departure'),
  frame('entrance', `${TUESDAY}T18:00:00`, 'sample5-arrival'),
  frame('entrance', `${TUESDAY}T19:15:00`, 'sample2-departure'),
  // Past midnight, before the day's cut-off at four: still Tuesday's work.
  frame('entrance', `${WEDNESDAY}T02:10:24`, 'sample5-departure'),
];

/** Written down, not computed: a demo that computes what it expects would agree with any mistake. */
export const scheduledRecords: readonly ScheduledRecord[] = [
  record('person-h', MONDAY, `${MONDAY}T07:52:10`, `${MONDAY}T18:04:33`),
  record('person-i', MONDAY, `${MONDAY}T07:52:10`, `${MONDAY}T18:04:33`),
  record('person-a', MONDAY, `${MONDAY}T08:14:05`, `${MONDAY}T17:31:59`),
  record('person-b', MONDAY, `${MONDAY}T08:14:05`, `${MONDAY}T17:31:59`),
  record('person-c', MONDAY, `${MONDAY}T08:14:05`, `${MONDAY}T17:31:59`),
  record('person-f', MONDAY, `${MONDAY}T08:47:31`, `${MONDAY}T17:40:08`),
  record('person-g', MONDAY, `${MONDAY}T08:47:31`, `${MONDAY}T17:40:08`),
  record('person-d', MONDAY, `${MONDAY}T08:55:02`, `${MONDAY}T17:05:27`),
  record('person-e', MONDAY, `${MONDAY}T08:55:02`, `${MONDAY}T17:05:27`),
  record('person-j', MONDAY, `${MONDAY}T09:20:44`, null),
  record('person-j', TUESDAY, `${TUESDAY}T08:02:16`, `${TUESDAY}T16:45:51`),
  record('person-h', TUESDAY, `${TUESDAY}T18:00:00`, `${WEDNESDAY}T02:10:24`),
  record('person-i', TUESDAY, `${TUESDAY}T18:00:00`, `${WEDNESDAY}T02:10:24`),
];

function frame(camera: string, at: string, name: string): ScheduledFrame {
  return { camera: `demo-${camera}`, at, frame: name };
}

function record(person: string, workDate: string, checkIn: string, checkOut: string | null): ScheduledRecord {
  return { person, workDate, in: checkIn, out: checkOut };
}
