// Sends frames as cameras would, in a process of its own so that its CPU is not counted with Rollcall's.
import { readFile } from 'node:fs/promises';
import { cameraName } from './bench-cameras.js';
import { captureTime } from './capture-times.js';

/** What the generator is told to do. */
export interface LoadOrder {
  url: string;
  /** Device keys: as many cameras as there are keys send at once, each its own frames. */
  keys: string[];
  frames: string[];
  count: number;
  /** Midnight of the first work date, ms since the epoch. */
  firstDay: number;
}

process.once('disconnect', () => process.exit(0));
process.once('message', (order: LoadOrder) => {
  send(order).then(
    (cpuMs) => process.send?.({ cpuMs }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function send(order: LoadOrder): Promise<number> {
  const images = await Promise.all(order.frames.map((path) => readFile(path)));
  const cpu = process.cpuUsage();
  let next = 0;
  const camera = async (key: string, number: number): Promise<void> => {
    while (next < order.count) {
      const turn = next;
      next += 1;
      const form = new FormData();
      form.set('source_type', 'camera');
      form.set('source_id', cameraName(number));
      form.set('timestamp', captureTime(order.firstDay, turn));
      form.set(
        'image',
        new Blob([images[turn % images.length] ?? Buffer.alloc(0)], { type: 'image/jpeg' }),
        'frame.jpg',
      );
      const response = await fetch(`${order.url}/faces/recognize`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: form,
      });
      const answer = await response.text();
      if (response.status !== 202) throw new Error(`frame ${String(turn)}: ${String(response.status)} ${answer}`);
    }
  };
  await Promise.all(order.keys.map(camera));
  const used = process.cpuUsage(cpu);
  return (used.user + used.system) / 1000;
}
