import type { Direction, Sighting, SightingKind } from '../sighting.js';

/** Sightings of one person close together, over all cameras: one punch, however many frames. */
export interface Visit {
  /** Time of the first sighting, epoch milliseconds: the time of the punch. */
  readonly at: number;
  /** Time of the last sighting. */
  readonly lastAt: number;
  /** That of the first sighting by a camera for one direction; `both` when all cameras see both. */
  readonly direction: Direction;
  readonly kind: SightingKind;
  /** In the order of their times. */
  readonly sightingIds: readonly string[];
}

/**
 * Groups one person's sightings into visits, in the order of their times. Two neighbours less than `minIntervalSeconds`
 * apart belong to one visit, also when the visit as a whole gets longer than that. Order and repeats do not matter.
 */
export function groupVisits(sightings: readonly Sighting[], minIntervalSeconds: number): Visit[] {
  const minIntervalMs = minIntervalSeconds * 1000;
  const groups: Sighting[][] = [];
  let previous: Sighting | undefined;
  for (const sighting of inOrder(sightings)) {
    if (sighting.id === previous?.id) continue;
    const group = groups.at(-1);
    if (group !== undefined && previous !== undefined && sighting.capturedAt - previous.capturedAt < minIntervalMs) {
      group.push(sighting);
    } else {
      groups.push([sighting]);
    }
    previous = sighting;
  }
  return groups.flatMap(toVisit);
}

function toVisit(group: readonly Sighting[]): Visit[] {
  const first = group[0];
  if (first === undefined) return [];
  return [
    {
      at: first.capturedAt,
      lastAt: (group.at(-1) ?? first).capturedAt,
      direction: group.find((sighting) => sighting.direction !== 'both')?.direction ?? 'both',
      kind: first.kind,
      sightingIds: group.map((sighting) => sighting.id),
    },
  ];
}

/** By time, at the same time by id, so that the order of arrival can never show. */
function inOrder(sightings: readonly Sighting[]): Sighting[] {
  return [...sightings].sort((a, b) => a.capturedAt - b.capturedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
