import { setTimeout as sleep } from 'node:timers/promises';
import { Rollcall, RollcallError } from '@rollcall/client';

const PAUSE_MS = 500;
/** Answers that stay the same however often one asks. */
const FINAL: ReadonlySet<number> = new Set([404, 409, 422]);

export interface PatientPerson {
  /** Calls until there is an answer, signing in anew when need be; undefined when it is a refusal that stays. */
  call<Result>(work: (rollcall: Rollcall) => Promise<Result>): Promise<Result | undefined>;
}

/** Somebody with a client as others get it, who does not give up while services come and go. */
export function createPatientPerson(given: {
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
}): PatientPerson {
  let signedIn: Rollcall | undefined;

  async function signIn(): Promise<Rollcall> {
    const { baseUrl, ...credentials } = given;
    const rollcall = new Rollcall({ baseUrl });
    await rollcall.signIn(credentials);
    return rollcall;
  }

  return {
    async call(work) {
      for (;;) {
        try {
          signedIn ??= await signIn();
          return await work(signedIn);
        } catch (error) {
          if (!(error instanceof RollcallError) && !(error instanceof TypeError)) throw error;
          if (error instanceof RollcallError && FINAL.has(error.status)) return undefined;
          if (error instanceof RollcallError && error.status === 401) signedIn = undefined;
          await sleep(PAUSE_MS);
        }
      }
    },
  };
}
