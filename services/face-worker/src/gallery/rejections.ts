import type { RejectedMatch } from './gallery-source.js';

/** Whom operators said that faces are not, of one gallery: a few, so they are compared one by one. */
export class Rejections {
  static readonly none = new Rejections([]);
  readonly #matches: readonly RejectedMatch[];

  constructor(matches: readonly RejectedMatch[]) {
    this.#matches = matches;
  }

  get size(): number {
    return this.#matches.length;
  }

  /**
   * For each probe the people whose rejected faces it resembles, with the greatest similarity; undefined for all when
   * there are no rejections, so that most galleries pay nothing.
   *
   * @param threshold cosine similarity below which a rejected face is somebody else's.
   */
  near(probes: readonly Float32Array[], threshold: number): ReadonlyMap<string, number>[] | undefined {
    if (this.#matches.length === 0) return undefined;
    return probes.map((probe) => {
      const near = new Map<string, number>();
      for (const { userId, embedding } of this.#matches) {
        const similarity = dot(probe, embedding);
        if (similarity >= threshold && similarity > (near.get(userId) ?? -1)) near.set(userId, similarity);
      }
      return near;
    });
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
