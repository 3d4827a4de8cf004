import { loadPersonDays } from '@rollcall/attendance-data';
import { dayBounds, recordForDay, type Sighting } from '@rollcall/attendance-rules';
import { defaultAttendancePolicyRules, type AttendancePolicyRules } from '@rollcall/contracts';
import { withTransaction } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildScene, type Scene } from '../events/projection-fixture.test.js';
import { insertAttendanceLogs } from '../data-access/attendance-logs.js';

const workDate = '2025-03-03';
const start = Date.UTC(2025, 2, 3, 8);

let db: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  db = await createTestDatabase();
  scene = await buildScene(db);
});
afterAll(() => db.close());

/** A repeatable sequence of numbers in [0, 1): mulberry32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A day at a desk with a camera: long stretches of frames, short ones, and gaps around the minimal interval. */
async function writeDay(userId: string, seed: number): Promise<Sighting[]> {
  const random = numbers(seed);
  const sightings: Sighting[] = [];
  let at = start;
  while (sightings.length < 600) {
    const kind = random();
    at += Math.floor(random() * (kind < 0.9 ? 4_000 : kind < 0.97 ? 130_000 : 1_500_000));
    const direction = random() < 0.9 ? 'both' : random() < 0.5 ? 'in' : 'out';
    sightings.push({ id: uuidV7(), userId, capturedAt: at, sourceId: scene.door, direction, kind: 'face' });
  }
  const rest = {
    ...{ organizationId: scene.organizationId, lateArrival: false, workDate, recognitionId: null },
    ...{ recognizedFaceId: null, similarity: null, margin: null, livenessScore: null, livenessVerdict: null },
    ...{ box: null, modelId: null, galleryVersion: null, decision: 'match' as const, policyVersionId: null },
  };
  await withTransaction(db.system, (client) =>
    insertAttendanceLogs(
      client,
      sightings.map((sighting) => {
        const capturedAt = new Date(sighting.capturedAt);
        return { ...rest, ...sighting, capturedAt, receivedAt: capturedAt, eventId: uuidV7() };
      }),
    ),
  );
  return sightings;
}

describe('a day in front of a camera', () => {
  it.each([
    [1, 'first_last', 60],
    [2, 'alternating', 60],
    [3, 'by_direction', 60],
    [4, 'alternating', 1],
    [5, 'by_direction', 600],
  ] as const)(
    'comes to the same record from a part of its sightings (%i, %s, %i s)',
    async (seed, pairing, seconds) => {
      const { id: userId } = { id: seed % 2 === 0 ? scene.ada : scene.ben };
      await db.owner.query('delete from attendance_logs where user_id = $1', [userId]);
      const all = await writeDay(userId, seed);
      const bounds = dayBounds(workDate, defaultAttendancePolicyRules);
      const { days } = await loadPersonDays(db.system, scene.organizationId, [
        { userId, workDate, bounds, minIntervalSeconds: seconds },
      ]);
      const part = days[0]?.sightings ?? [];
      const rules: AttendancePolicyRules = { ...defaultAttendancePolicyRules, pairing, min_interval_seconds: seconds };
      const record = (sightings: readonly Sighting[]) =>
        recordForDay(sightings, [], { versionId: null, rules }, { userId, workDate });
      expect(record(part)).toEqual(record(all));
      if (seconds >= 60) expect(part.length).toBeLessThan(all.length / 2);
    },
  );
});
