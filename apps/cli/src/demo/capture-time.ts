import exifr from 'exifr';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Temporal } from 'temporal-polyfill';

export type CaptureTimeOrigin = 'EXIF' | 'file name' | 'file date';

export interface CaptureTime {
  readonly at: Temporal.Instant;
  readonly origin: CaptureTimeOrigin;
}

/** Year, month, day, hour, minute, second and, where there is one, the offset; any or no separators. */
const NAMED_TIME =
  /(?<!\d)(?<date>(?:19|20)\d{2}[-_.:]?\d{2}[-_.:]?\d{2})[T _-](?<time>\d{2}[-_.:h]?\d{2}(?:[-_.:m]?\d{2})?)(?!\d)(?<offset>Z|[+-]\d{2}:?\d{2})?/;

/**
 * When a photo was taken: what the camera wrote into it (EXIF DateTimeOriginal), else a time in the file's name
 * (`2026-03-02T08-58-00.jpg`, `IMG_20260302_085800.jpg`), else when the file was last changed.
 *
 * @param timeZone of times that name no offset of their own
 */
export async function findCaptureTime(path: string, timeZone: string): Promise<CaptureTime> {
  const fromCamera = await readCameraTime(path, timeZone);
  if (fromCamera !== undefined) return { at: fromCamera, origin: 'EXIF' };
  const fromName = readNamedTime(basename(path), timeZone);
  if (fromName !== undefined) return { at: fromName, origin: 'file name' };
  const { mtimeMs } = await stat(path);
  return { at: Temporal.Instant.fromEpochMilliseconds(Math.floor(mtimeMs)), origin: 'file date' };
}

/** The time in a file's name, or undefined when there is none that exists. */
export function readNamedTime(name: string, timeZone: string): Temporal.Instant | undefined {
  const { date, time, offset } = NAMED_TIME.exec(name)?.groups ?? {};
  return date === undefined || time === undefined ? undefined : toInstant(date, time, offset, timeZone);
}

async function readCameraTime(path: string, timeZone: string): Promise<Temporal.Instant | undefined> {
  const pick = ['DateTimeOriginal', 'OffsetTimeOriginal'];
  // A file without EXIF, or with a damaged one, has no camera time: that is no error here.
  const tags: unknown = await exifr.parse(path, { pick, reviveValues: false }).catch(() => undefined);
  const { DateTimeOriginal: written, OffsetTimeOriginal: offset } = (tags ?? {}) as Record<string, unknown>;
  if (typeof written !== 'string') return undefined;
  const [date = '', time = ''] = written.split(' ');
  return toInstant(date, time, typeof offset === 'string' ? offset : undefined, timeZone);
}

function toInstant(
  date: string,
  time: string,
  offset: string | undefined,
  timeZone: string,
): Temporal.Instant | undefined {
  const [year, month, day] = digits(date, [4, 2, 2]);
  const [hour, minute, second = 0] = digits(time, [2, 2, 2]);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined) return undefined;
  try {
    const fields = { year, month, day, hour, minute, second };
    const zone = offset === undefined ? timeZone : normalizeOffset(offset);
    return Temporal.PlainDateTime.from(fields, { overflow: 'reject' }).toZonedDateTime(zone).toInstant();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function digits(text: string, lengths: readonly number[]): number[] {
  const all = text.replace(/\D/g, '');
  const numbers: number[] = [];
  let start = 0;
  for (const length of lengths) {
    if (all.length < start + length) break;
    numbers.push(Number(all.slice(start, start + length)));
    start += length;
  }
  return numbers;
}

function normalizeOffset(offset: string): string {
  return offset === 'Z' ? 'UTC' : offset.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
}
