import { expect, it } from 'vitest';
import { judgeHealth, type HealthFigures } from './judge-health.js';

const well: HealthFigures = {
  runningSeconds: 3_600,
  aliveFaceWorkers: 1,
  oldestFrameSeconds: 2,
  projectionLagSeconds: null,
};

it.each([
  [{}, []],
  [{ aliveFaceWorkers: 0 }, ['face-worker NOBODY_ALIVE']],
  [{ oldestFrameSeconds: 180 }, []],
  [{ oldestFrameSeconds: 181 }, ['recognition-queue BACKLOG']],
  [{ projectionLagSeconds: 181 }, ['attendance-projector BEHIND']],
  [{ oldestFrameSeconds: null, projectionLagSeconds: 0 }, []],
  [{ runningSeconds: 59, aliveFaceWorkers: 0, oldestFrameSeconds: 900 }, []],
  [{ aliveFaceWorkers: 0, oldestFrameSeconds: 900 }, ['face-worker NOBODY_ALIVE', 'recognition-queue BACKLOG']],
])('%o comes to %o', (given, troubles) => {
  expect(judgeHealth({ ...well, ...given }).map(({ component, reason }) => `${component} ${reason}`)).toEqual(troubles);
});
