import { crossPhotoPair, enrolmentImages, frames, samplePeople, type SampleFrame } from '@rollcall/sample-photos';
import { Temporal } from 'temporal-polyfill';
import type { DemoFrame, DemoPerson, DemoPlan } from './demo-plan.js';
import { schedule, scheduledRecords } from './sample-schedule.js';

/** Two working days of ten people in six public sample photos. @param timeZone of the organization */
export async function planFromSamples(timeZone: string): Promise<DemoPlan> {
  const people = await Promise.all(samplePeople().map(({ key }) => planPerson(key)));
  const byName = new Map((await frames()).map((frame) => [frame.name, frame]));
  const planned = schedule.map(({ camera, at, frame }) => {
    const sample = byName.get(frame);
    if (sample === undefined) throw new RangeError(`there is no sample frame ${frame}`);
    return { sample, frame: planFrame(sample, camera, toOffsetTime(at, timeZone)) };
  });
  return {
    title: `${people.length} people, ${planned.length} frames of two working days`,
    notes: [
      'The photos are the six that the npm package @vladmandic/face-api ships: 22 faces of 21 people, names unknown.',
      'Each person is enrolled from four variants of one photo (cut out, smaller, darker, brighter and compressed).',
      'The frames are other variants: whole photos, scaled, relit and compressed anew.',
      `${labelOf(crossPhotoPair.enrolled)} is enrolled from one photo and recognised in another as well.`,
    ],
    people,
    frames: planned.map(({ frame }) => frame),
    expected: scheduledRecords.map(({ person, workDate, in: checkIn, out }) => ({
      employeeCode: codeOf(person),
      workDate,
      checkInAt: toOffsetTime(checkIn, timeZone),
      checkOutAt: out === null ? null : toOffsetTime(out, timeZone),
    })),
    crossPhoto: { employeeCode: codeOf(crossPhotoPair.enrolled), frame: crossPhotoPair.frame },
    strangers: planned.reduce((sum, { sample }) => sum + sample.strangers, 0),
  };
}

async function planPerson(key: string): Promise<DemoPerson> {
  const images = await enrolmentImages(key);
  return {
    employeeCode: codeOf(key),
    fullName: labelOf(key),
    images: images.map(({ name, bytes }) => ({ label: name, load: () => Promise.resolve(bytes) })),
  };
}

function planFrame({ name, bytes }: SampleFrame, sourceId: string, capturedAt: string): DemoFrame {
  return { sourceId, capturedAt, image: { label: name, load: () => Promise.resolve(bytes) } };
}

/** `person-a` → `DEMO-A` */
function codeOf(key: string): string {
  return key.replace('person-', 'demo-').toUpperCase();
}

/** `person-a` → `Person A` */
function labelOf(key: string): string {
  return `Person ${key.replace('person-', '').toUpperCase()}`;
}

function toOffsetTime(local: string, timeZone: string): string {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone);
  return zoned.toString({ timeZoneName: 'never' });
}
