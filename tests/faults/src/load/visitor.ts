import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Rollcall, RollcallError, type Image } from '@rollcall/client';
import type { LoadFigures } from './load-figures.js';
import type { Valve } from './valve.js';

export interface VisitorOptions {
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
  /** Whom to enrol and erase. */
  readonly userId: string;
  readonly images: readonly Uint8Array[];
  readonly figures: LoadFigures;
  readonly valve: Valve;
}

const PAUSE_MS = 500;
/** How long the visitor stays enrolled, and away. */
const STAY_MS = 2_500;
const ENDED: ReadonlySet<string> = new Set(['completed', 'rejected', 'failed']);

/** Enrols a person and erases the faces again, over and over: galleries change while frames are searched in them. */
export async function runVisitor(options: VisitorOptions): Promise<void> {
  const { figures, valve } = options;
  const images: Image[] = options.images.map((bytes) => ({ bytes: Uint8Array.from(bytes) }));
  let rollcall = await signIn(options);

  /** Until it is answered; what a client may not repeat is asked for again under the same key, after a new sign-in. */
  async function insist<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RollcallError) && !(error instanceof TypeError)) throw error;
        if (error instanceof RollcallError && [404, 409, 422].includes(error.status)) return undefined;
        await sleep(PAUSE_MS);
        rollcall = await signIn(options).catch(() => rollcall);
      }
    }
  }

  async function enrol(): Promise<string[]> {
    const idempotencyKey = randomUUID();
    const asked = await insist(() => rollcall.register(options.userId, images, { idempotencyKey, waitSeconds: 20 }));
    let state = asked;
    while (asked !== undefined && state !== undefined && !ENDED.has(state.status)) {
      await sleep(PAUSE_MS);
      const path = { registration_id: asked.registration_id };
      state = (await insist(() => rollcall.get('/faces/registrations/{registration_id}', { params: { path } })))?.data;
    }
    return state?.faces.map(({ face_id }) => face_id) ?? [];
  }

  async function erase(faceId: string): Promise<void> {
    await insist(() => rollcall.delete('/faces/{face_id}', { params: { path: { face_id: faceId } } }));
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

async function signIn({ baseUrl, email, password }: VisitorOptions): Promise<Rollcall> {
  const rollcall = new Rollcall({ baseUrl });
  await rollcall.signIn({ email, password });
  return rollcall;
}
