/** Where a sighting comes from: a face in a frame, or a punch that needs no face. */
export type SightingKind = 'face' | 'pin' | 'qr' | 'manual';

/** What the camera or terminal sees: people who come, people who go, or both. */
export type Direction = 'in' | 'out' | 'both';

/** One person seen once (a row of `attendance_logs`). The id makes it what it is: a repeated id is the same sighting. */
export interface Sighting {
  readonly id: string;
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly capturedAt: number;
  readonly sourceId: string | null;
  readonly direction: Direction;
  readonly kind: SightingKind;
}
