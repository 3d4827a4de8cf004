import type { SystemHealthOut } from '@rollcall/contracts';
import type { HealthFigures, LocalHealth, ProcessRow } from './health-figures.js';
import { judgeJobs, judgeProjector } from './judge-projector.js';
import { judgeDatabase, judgeDisk, judgeFeed, judgeStorage } from './judge-stores.js';
import { judgeFaceWorkers, judgeGateways, judgeModels, judgeQueue } from './judge-workers.js';
import { verdict, worstOf } from './verdict.js';

type Parts = SystemHealthOut['parts'];

/** Judges every part; `figures` are undefined when the database did not give them. The worst part decides. */
export function judgeHealth(
  figures: HealthFigures | undefined,
  local: LocalHealth,
): Pick<SystemHealthOut, 'state' | 'parts'> {
  const parts = figures === undefined ? unknownParts(local) : judgeParts(figures, local);
  return { state: worstOf(Object.values(parts).map(({ state }) => state)), parts };
}

function judgeParts(figures: HealthFigures, local: LocalHealth): Parts {
  const { processes } = figures;
  const ofKind = (kind: ProcessRow['kind']) => processes.filter((row) => row.kind === kind);
  const projectors = ofKind('attendance-projector');
  return {
    database: judgeDatabase(figures, local),
    storage: judgeStorage(figures, local),
    models: judgeModels(figures, ofKind('face-worker')),
    gateways: judgeGateways(ofKind('gateway')),
    face_workers: judgeFaceWorkers(figures, ofKind('face-worker')),
    queue: judgeQueue(figures),
    projector: judgeProjector(figures, projectors),
    event_feed: judgeFeed(figures),
    notifications: { state: 'ok', figures: figures.notifications },
    scheduled_jobs: judgeJobs(projectors),
    system_log: {
      ...verdict([['degraded', figures.system_log.fatal_last_hour > 0, 'a process ended for good within the hour']]),
      figures: figures.system_log,
    },
  };
}

/** The database does not answer: nothing else can be known but the storage. */
function unknownParts(local: LocalHealth): Parts {
  const unknown = { state: 'failed', message: 'unknown: the database does not answer', figures: null } as const;
  const names = [
    ...(['models', 'gateways', 'face_workers', 'queue', 'projector'] as const),
    ...(['event_feed', 'notifications', 'scheduled_jobs', 'system_log'] as const),
  ];
  return {
    ...(Object.fromEntries(names.map((name) => [name, unknown])) as Record<(typeof names)[number], typeof unknown>),
    database: { state: 'failed', message: 'does not answer', figures: null },
    storage: { ...judgeDisk(local.storage), figures: null },
  };
}
