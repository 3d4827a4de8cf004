import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@rollcall/testkit/rollcall';
import type { Fault } from './fault.js';

function storageFault(name: string, breakIt: 'fill' | 'makeReadOnly' | 'unmount'): Fault {
  return {
    name,
    needsVolume: true,
    async run({ stage: { storage }, random }) {
      const forMs = random.between(2_000, 5_000);
      await waitUntil(
        name,
        () => {
          storage[breakIt]();
          return true;
        },
        { limitMs: 5_000, everyMs: 3 },
      );
      try {
        await sleep(forMs);
      } finally {
        storage.restore();
      }
      return `for ${(forMs / 1000).toFixed(1)} s`;
    },
  };
}

export const storageFaults: readonly Fault[] = [
  storageFault('disk-full', 'fill'),
  storageFault('storage-read-only', 'makeReadOnly'),
  storageFault('storage-unmounted', 'unmount'),
];
