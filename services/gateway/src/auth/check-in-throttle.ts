import { createHmac } from 'node:crypto';
import type { Clock } from '@rollcall/service-kit';
import type { AttemptCount } from '../data-access/sign-in-attempts.js';

const WINDOW_SECONDS = 15 * 60;
/** Wrong tries for a person at one kiosk, for a person at all kiosks, and at a kiosk for all persons. */
export const MOST_OF_PERSON_AT_KIOSK = 5;
export const MOST_OF_PERSON = 20;
export const MOST_AT_KIOSK = 50;
/** Codes are signed, nobody guesses one: what is not good is a phone that shows an old one. Only the trail needs a bound. */
const MOST_CODES_AT_KIOSK = 500;

/** Whom and where a check-in is tried. */
export interface CheckInTry {
  readonly organizationId: string;
  readonly kioskId: string;
  /** Their id, or as it was typed when that is nobody; null for a QR code, which names nobody until it is read. */
  readonly person: string | null;
}

export interface CheckInThrottle {
  /** Counts a try, before the PIN is compared: many at once must not all find the count at nothing. */
  attempt(tried: CheckInTry): Promise<{ readonly waitSeconds: number; readonly isFirst: boolean }>;
  /** Takes the try back of somebody who was right. */
  succeeded(tried: CheckInTry): Promise<void>;
}

export interface CheckInThrottleOptions {
  readonly count: (keys: readonly Buffer[], window: { now: Date; windowSeconds: number }) => Promise<AttemptCount[]>;
  readonly forgive: (keys: { forget: readonly Buffer[]; lessen: readonly Buffer[] }) => Promise<void>;
  readonly clock: Clock;
  readonly secretKey: string;
}

/**
 * Counts wrong PINs and codes, in the database and so for all gateways together. With six digits and twenty tries a
 * quarter of an hour guessing takes years. A person who is guessed at still has the QR code, the face and the operator.
 */
export function createCheckInThrottle({ count, forgive, clock, secretKey }: CheckInThrottleOptions): CheckInThrottle {
  const keyOf = (...parts: string[]): Buffer =>
    createHmac('sha256', `check-in attempts of ${secretKey}`).update(JSON.stringify(parts)).digest().subarray(0, 16);
  const limitsOf = ({ organizationId, kioskId, person }: CheckInTry) => [
    ...(person === null
      ? [{ key: keyOf('codes', organizationId, kioskId), most: MOST_CODES_AT_KIOSK }]
      : [
          { key: keyOf('kiosk', organizationId, kioskId), most: MOST_AT_KIOSK },
          { key: keyOf('person', organizationId, person), most: MOST_OF_PERSON },
          { key: keyOf('pair', organizationId, person, kioskId), most: MOST_OF_PERSON_AT_KIOSK },
        ]),
  ];
  return {
    async attempt(tried) {
      const limits = limitsOf(tried);
      const now = clock.now();
      const counts = await count(
        limits.map(({ key }) => key),
        { now, windowSeconds: WINDOW_SECONDS },
      );
      const over = counts.filter(({ attempts }, index) => attempts > (limits[index]?.most ?? 0));
      const waits = over.map(({ endsAt }) => Math.ceil((endsAt.getTime() - now.getTime()) / 1_000));
      const isFirst =
        over.length > 0 &&
        counts.every(({ attempts }, index) => {
          const most = limits[index]?.most ?? 0;
          return attempts <= most + 1;
        });
      const [kiosk] = limits;
      // Who is refused for themselves takes nothing from the others at this kiosk.
      const isKioskOpen = kiosk !== undefined && (counts[0]?.attempts ?? 0) <= kiosk.most;
      if (over.length > 0 && isKioskOpen) {
        await forgive({ forget: [], lessen: [kiosk.key] });
      }
      return { waitSeconds: Math.max(0, ...waits), isFirst };
    },
    async succeeded(tried) {
      const [kiosk, person, pair] = limitsOf(tried).map(({ key }) => key);
      await forgive({
        forget: pair === undefined ? [] : [pair],
        lessen: [kiosk, person].filter((key) => key !== undefined),
      });
    },
  };
}
