import type { Camera, LoadImage } from '../load/camera.js';
import type { Random } from '../plan/random.js';
import type { Stage } from '../stage/open-stage.js';

export interface FaultScene {
  readonly stage: Stage;
  readonly random: Random;
  /** A camera of the load, to send frames of one's own by. */
  readonly camera: Camera;
  readonly images: readonly LoadImage[];
}

/**
 * How many frames of a round may end as failed, by reason (EXPIRED for those whose time was over). None, unless the product
 * itself says that it gives up here: a frame that loses its worker or its pipeline child is tried three times, and trouble of
 * database or storage costs no try in its first hour, so no fault that strikes once may cost a frame its result.
 */
export type AllowedFailures = Readonly<Record<string, number>>;

/** Something that breaks while frames flow. */
export interface Fault {
  readonly name: string;
  /** Takes half a minute and more: left out of short runs. */
  readonly long?: true;
  /** Only where file systems can be mounted. */
  readonly needsVolume?: true;
  readonly allowedFailures?: AllowedFailures;
  /**
   * Breaks it and puts it right again, as far as somebody has to; resolves with what was done, in a few words.
   *
   * @throws Error when what must hold during the fault does not.
   */
  run(scene: FaultScene): Promise<string>;
}
