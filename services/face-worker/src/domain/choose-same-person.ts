/** More photos than this are not searched exhaustively; a registration has at most 10. */
const MAX_PHOTOS = 12;

/**
 * Of photos that should show one person, the largest group in which everybody resembles everybody. Between groups of
 * equal size the more similar one wins, then the one with the earlier photos, so that the answer never depends on chance.
 *
 * @param embeddings unit vectors of equal length.
 * @param threshold cosine similarity from which two photos are taken to show one person.
 * @returns positions in `embeddings`, ascending; empty when there are none.
 * @throws RangeError for more than 12 photos.
 */
export function chooseSamePerson(embeddings: readonly Float32Array[], threshold: number): number[] {
  const count = embeddings.length;
  if (count > MAX_PHOTOS) throw new RangeError(`${String(count)} photos are too many to compare`);
  const similarity = embeddings.map((a) => embeddings.map((b) => dot(a, b)));
  let best: { readonly members: number[]; readonly total: number } = { members: [], total: 0 };
  for (let subset = 1; subset < 2 ** count; subset++) {
    const members = membersOf(subset, count);
    if (members.length < best.members.length) continue;
    const total = totalSimilarity(members, similarity, threshold);
    if (total === undefined) continue;
    if (members.length > best.members.length || total > best.total) best = { members, total };
  }
  return best.members;
}

/** Sum over all pairs, or undefined when one pair is below the threshold. */
function totalSimilarity(
  members: readonly number[],
  similarity: readonly (readonly number[])[],
  threshold: number,
): number | undefined {
  let total = 0;
  for (const [position, a] of members.entries()) {
    for (const b of members.slice(position + 1)) {
      const value = similarity[a]?.[b] ?? 0;
      if (value < threshold) return undefined;
      total += value;
    }
  }
  return total;
}

function membersOf(subset: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => (subset & (1 << index)) !== 0);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
