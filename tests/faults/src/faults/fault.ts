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

/** Something that breaks while frames flow. */
export interface Fault {
  readonly name: string;
  /** Takes half a minute and more: left out of short runs. */
  readonly long?: true;
  /** Only where file systems can be mounted. */
  readonly needsVolume?: true;
  /**
   * Breaks it and puts it right again, as far as somebody has to; resolves with what was done, in a few words.
   *
   * @throws Error when what must hold during the fault does not.
   */
  run(scene: FaultScene): Promise<string>;
}
