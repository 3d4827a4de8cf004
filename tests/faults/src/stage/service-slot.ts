import type { RunningRollcall, ServiceName, ServiceProcess } from '@rollcall/testkit/rollcall';
import { commandLine, processTree } from './process-table.js';

/** A place where one service process runs, and another after it when it ends. */
export class ServiceSlot {
  constructor(
    private readonly rollcall: Pick<RunningRollcall, 'start'>,
    readonly service: ServiceName,
    readonly label: string,
    private process: ServiceProcess,
  ) {}

  get pid(): number {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  output(): string {
    return this.process.output();
  }

  /** Pipeline children of a face worker. */
  children(): number[] {
    return processTree(this.pid).filter((pid) => pid !== this.pid && commandLine(pid).includes('"storageRoot"'));
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** How it ended: exit code or signal. */
  async stop(signal: NodeJS.Signals): Promise<string> {
    return this.process.stop(signal, 40_000);
  }

  /** Starts the next process, as a supervisor does; the one before must have ended. */
  start(env: Record<string, string> = {}): void {
    if (this.isRunning) throw new Error(`${this.label} runs already`);
    this.process = this.rollcall.start(this.service, env);
  }
}
