import { IdMappedFlatIpIndex } from '@rollcall/faiss';
import type { MatchCandidate } from '@rollcall/recognition';
import { needsMoreNeighbours, nextNeighbourCount } from '../domain/neighbour-search.js';
import { digestFaces } from './digest-faces.js';
import type { EnrolledFace, FaceOwner, GalleryChange } from './gallery-source.js';
import { Rejections } from './rejections.js';

/** Memory of one entry beside its vector: the id in FAISS and here, and the two uuids. Measured, rounded up. */
const ENTRY_BYTES = 320;

/** Enrolled faces of one organization and model, in step with the database up to `version`. */
export class Gallery {
  readonly #index: IdMappedFlatIpIndex;
  readonly #owners: Map<number, FaceOwner>;
  #version: number;
  /** Until the faces change. */
  #digest: string | undefined;
  /** Replaced as a whole when they change. */
  rejections = Rejections.none;

  constructor(index: IdMappedFlatIpIndex, owners: Map<number, FaceOwner>, version: number) {
    this.#index = index;
    this.#owners = owners;
    this.#version = version;
  }

  static empty(dimension: number, version: number): Gallery {
    return new Gallery(new IdMappedFlatIpIndex(dimension), new Map(), version);
  }

  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#owners.size;
  }

  get bytes(): number {
    return this.size * (this.#index.dimension * Float32Array.BYTES_PER_ELEMENT + ENTRY_BYTES);
  }

  get owners(): ReadonlyMap<number, FaceOwner> {
    return this.#owners;
  }

  /** Digest of the faces, as the database computes it of the table; about a millisecond a thousand, once a change. */
  digest(): string {
    this.#digest ??= digestFaces(this.#owners);
    return this.#digest;
  }

  /** Adds faces it does not have yet; a face never changes under its id, so the others are the same already. */
  add(faces: readonly EnrolledFace[]): void {
    const news = [...new Map(faces.map((face) => [face.faissId, face])).values()].filter(
      ({ faissId }) => !this.#owners.has(faissId),
    );
    if (news.length === 0) return;
    this.#digest = undefined;
    const { dimension } = this.#index;
    const vectors = new Float32Array(news.length * dimension);
    for (const [row, { faissId, embedding }] of news.entries()) {
      if (embedding.length !== dimension) {
        throw new RangeError(
          `face ${String(faissId)} has ${String(embedding.length)} numbers, not ${String(dimension)}`,
        );
      }
      vectors.set(embedding, row * dimension);
    }
    this.#index.addWithIds(
      vectors,
      news.map(({ faissId }) => faissId),
    );
    for (const { faissId, faceId, userId } of news) this.#owners.set(faissId, { faceId, userId });
  }

  /** Applies changes in their order and stands at `version` afterwards. Changes known already do no harm. */
  apply(changes: readonly GalleryChange[], version: number): void {
    const added = new Map<number, EnrolledFace>();
    const removed = new Set<number>();
    for (const change of changes) {
      if (change.op === 'add') {
        // Without a face it was erased since: its removal stands further on.
        if (change.face !== undefined) added.set(change.faissId, change.face);
      } else if (change.op === 'remove') {
        added.delete(change.faissId);
        removed.add(change.faissId);
      }
    }
    // Removals first, and from the map before the index: a search under way then drops what it finds of them.
    for (const faissId of removed) this.#owners.delete(faissId);
    this.#digest = undefined;
    if (removed.size > 0) this.#index.removeIds([...removed]);
    this.add([...added.values()]);
    this.#version = version;
  }

  /**
   * The nearest enrolled faces of each probe, best first: at least as many as it takes to see the best other person,
   * if there is one.
   *
   * @param persons how many people are to be seen when there are so many.
   */
  async search(probes: readonly Float32Array[], persons = 2): Promise<MatchCandidate[][]> {
    const found: MatchCandidate[][] = probes.map(() => []);
    let open = probes.map((_, position) => position);
    for (let k = nextNeighbourCount(0, this.size); k > 0 && open.length > 0; k = nextNeighbourCount(k, this.size)) {
      const rows = await this.#nearest(
        open.map((position) => probes[position] ?? new Float32Array(0)),
        k,
      );
      for (const [row, position] of open.entries()) found[position] = rows[row] ?? [];
      open = open.filter((position) => needsMoreNeighbours(found[position] ?? [], persons));
    }
    return found;
  }

  async #nearest(probes: readonly Float32Array[], k: number): Promise<MatchCandidate[][]> {
    const { dimension } = this.#index;
    const queries = new Float32Array(probes.length * dimension);
    for (const [row, probe] of probes.entries()) queries.set(probe, row * dimension);
    const { similarities, ids } = await this.#index.search(queries, k);
    return probes.map((_, row) => {
      const candidates: MatchCandidate[] = [];
      for (let cell = row * k; cell < (row + 1) * k; cell++) {
        const owner = this.#owners.get(ids[cell] ?? -1);
        if (owner !== undefined) candidates.push({ ...owner, similarity: similarities[cell] ?? -1 });
      }
      return candidates;
    });
  }

  /** Writes the index; the caller sees to it that nothing changes meanwhile, or throws the file away. */
  saveIndex(path: string): Promise<void> {
    return this.#index.save(path);
  }

  dispose(): void {
    this.#index.dispose();
    this.#owners.clear();
  }
}
