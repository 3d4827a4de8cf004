import { createLocalObjectStore } from '@rollcall/object-store';
import { createPool } from '@rollcall/postgres';
import { systemClock } from '@rollcall/service-kit';
import { expect, it } from 'vitest';
import { createScheduledTasks } from './scheduled-tasks.js';

it('lets no two tasks of the hour begin in one minute', () => {
  const tasks = createScheduledTasks({
    // Nothing is run, and nothing connected.
    ...{
      pool: createPool({
        connectionString: 'postgres://nobody@localhost/nothing',
        applicationName: 'test',
        onError: () => undefined,
      }),
    },
    ...{ objects: createLocalObjectStore({ root: '/nowhere' }), storageRoot: '/nowhere' },
    ...{ storage: { verify: () => Promise.resolve() }, clock: systemClock, logger: { warn: () => undefined } },
    eventLog: { eventsPerPartition: 1, retentionDays: 0, archiveFolder: '/nowhere' },
  });
  const minutes = tasks.map(({ cron }) => cron.split(' ')[0]).filter((minute) => minute !== '*');
  expect(minutes.length).toBeGreaterThan(5);
  expect(minutes.toSorted()).toEqual([...new Set(minutes)].toSorted());
});
