import type { AttendanceOut } from '@rollcall/contracts';
import { setTimeout as delay } from 'node:timers/promises';

const ASK_EVERY_MS = 300;
const GIVE_UP_AFTER_MS = 15_000;

/** Reads the records until they are right, and gives those of the last look when they do not become so in 15 s. */
export async function waitForRecords(
  read: () => Promise<AttendanceOut[]>,
  areRight: (records: readonly AttendanceOut[]) => boolean,
): Promise<AttendanceOut[]> {
  let records = await read();
  for (let waited = 0; !areRight(records) && waited < GIVE_UP_AFTER_MS; waited += ASK_EVERY_MS) {
    await delay(ASK_EVERY_MS);
    records = await read();
  }
  return records;
}
