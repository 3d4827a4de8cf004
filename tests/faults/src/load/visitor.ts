import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Image } from '@rollcall/client';
import type { LoadFigures } from './load-figures.js';
import type { PatientPerson } from './patient-person.js';
import type { Valve } from './valve.js';

export interface VisitorOptions {
  /** Who enrols and erases. */
  readonly admin: PatientPerson;
  /** Whom. */
  readonly userId: string;
  readonly images: readonly Uint8Array[];
  readonly figures: LoadFigures;
  readonly valve: Valve;
}

const PAUSE_MS = 500;
/** How long the visitor stays enrolled, and away. */
const STAY_MS = 2_500;
/** No enrolment waits longer for its result once all runs again. */
const RESULT_LIMIT_MS = 180_000;
const ENDED: ReadonlySet<string> = new Set(['completed', 'rejected', 'failed']);

/** Enrols a person and erases the faces again, over and over: galleries change while frames are searched in them. */
export async function runVisitor({ admin, userId, figures, valve, ...given }: VisitorOptions): Promise<void> {
  const images: Image[] = given.images.map((bytes) => ({ bytes: Uint8Array.from(bytes) }));

  async function enrol(): Promise<string[]> {
    const options = { idempotencyKey: randomUUID(), waitSeconds: 20 };
    const asked = await admin.call((rollcall) => rollcall.register(userId, images, options));
    const askedAt = performance.now();
    let state = asked;
    while (asked !== undefined && state !== undefined && !ENDED.has(state.status)) {
      if (performance.now() - askedAt > RESULT_LIMIT_MS) {
        figures.broken.push(`enrolment ${asked.registration_id} is ${state.status} after ${RESULT_LIMIT_MS / 1_000} s`);
        return [];
      }
      await sleep(PAUSE_MS);
      const params = { path: { registration_id: asked.registration_id } };
      state = await admin.call(
        async (rollcall) => (await rollcall.get('/faces/registrations/{registration_id}', { params })).data,
      );
    }
    return state?.faces.map(({ face_id }) => face_id) ?? [];
  }

  async function erase(faceId: string): Promise<void> {
    const params = { path: { face_id: faceId } };
    await admin.call((rollcall) => rollcall.delete('/faces/{face_id}', { params }));
    figures.erased.set(faceId, performance.now());
  }

  while (await valve.isOpen()) {
    await valve.during(async () => {
      const faces = await enrol();
      if (faces.length > 0) figures.enrolments += 1;
      await sleep(STAY_MS);
      for (const face of faces) await erase(face);
    });
    await sleep(STAY_MS);
  }
}
