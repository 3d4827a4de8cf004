/** Lets several loops work, holds them all at a safe place, and ends them. */
export class Valve {
  private state: 'open' | 'shut' | 'ended' = 'shut';
  private underWay = 0;
  private waiting: (() => void)[] = [];

  open(): void {
    this.turn('open');
  }

  /** Nothing new begins; resolves with true when nothing is under way any more, with false when that takes longer. */
  async shut(limitMs: number): Promise<boolean> {
    this.turn('shut');
    const deadline = performance.now() + limitMs;
    const timer = setTimeout(() => this.wake(), limitMs + 1);
    while (this.underWay > 0 && performance.now() < deadline) await this.change();
    clearTimeout(timer);
    return this.underWay === 0;
  }

  /** Nothing begins any more. */
  end(): void {
    this.turn('ended');
  }

  /** Waits while it is shut; false once it has ended. */
  async isOpen(): Promise<boolean> {
    while (this.state === 'shut') await this.change();
    return this.state === 'open';
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
      this.wake();
    }
  }

  private turn(state: 'open' | 'shut' | 'ended'): void {
    if (this.state !== 'ended') this.state = state;
    this.wake();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
