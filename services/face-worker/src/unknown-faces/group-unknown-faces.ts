import type { Pool } from '@rollcall/postgres';
import { newId } from '@rollcall/service-kit';
import { groupLookAlikes } from '../domain/group-look-alikes.js';
import type { OrganizationPolicy } from '../domain/recognition-policy.js';
import { readKnownGroups, readUngrouped, writeGroups } from '../data-access/unknown-faces.js';
import { holdAlone } from '../data-access/hold-alone.js';

export interface GroupUnknownFacesOptions {
  readonly database: Pool;
  readonly modelId: string;
  /** The policy of an organization by its `system_configs.body`. */
  readonly policyOf: (systemConfig: unknown) => OrganizationPolicy;
  /** Sightings a round takes. */
  readonly portion?: number;
}

const PORTION = 64;

/**
 * Puts sightings of strangers with their look-alikes, in portions until there is nothing left; one worker at a time. All
 * of it happens beside the frames: they only leave a review behind. Answers how many got a group.
 */
export async function groupUnknownFaces(options: GroupUnknownFacesOptions): Promise<number> {
  const { database, modelId, portion = PORTION } = options;
  // Mostly there is nothing to do: one look-up by a small index, and no lock.
  if ((await readUngrouped(database, modelId, 1)).length === 0) return 0;
  const grouped = await holdAlone(database, 'rollcall unknown faces', async () => {
    let total = 0;
    for (;;) {
      const sightings = await readUngrouped(database, modelId, portion);
      const written = await groupPortion(options, sightings);
      total += written;
      // What others hold at this moment comes round again.
      if (written === 0 || sightings.length < portion) return total;
    }
  });
  return grouped ?? 0;
}

async function groupPortion(
  { database, modelId, policyOf }: GroupUnknownFacesOptions,
  sightings: Awaited<ReturnType<typeof readUngrouped>>,
): Promise<number> {
  let written = 0;
  for (const organizationId of new Set(sightings.map((sighting) => sighting.organizationId))) {
    const strangers = sightings.filter((sighting) => sighting.organizationId === organizationId);
    const { groupingThreshold: threshold } = policyOf(strangers[0]?.systemConfig);
    const known = await readKnownGroups(database, organizationId, modelId);
    const growth = groupLookAlikes(strangers, known, threshold, () => newId());
    written += await writeGroups(database, organizationId, modelId, growth);
  }
  return written;
}
