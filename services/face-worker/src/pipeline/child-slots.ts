/** A place at a child; give it back exactly once. */
export type ReleaseSlot = () => void;

/** First come, first served: at most `size` holders at a time. */
export class ChildSlots {
  #free: number;
  readonly #waiting: ((release: ReleaseSlot | undefined) => void)[] = [];

  constructor(readonly size: number) {
    this.#free = size;
  }

  get busy(): number {
    return this.size - this.#free;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves with a slot, or with undefined when the wait was cancelled. */
  acquire(): Promise<ReleaseSlot | undefined> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve(this.#releaser());
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends every wait that is under way; holders keep their slots. */
  cancelWaiting(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #releaser(): ReleaseSlot {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next(this.#releaser());
    };
  }
}
