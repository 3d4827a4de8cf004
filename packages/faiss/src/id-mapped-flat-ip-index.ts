import { addon, type NativeHandle } from './native-addon.js';

/** Answer of a search: rows of `k`, one for each query, best first. */
export interface SearchResult {
  /** Inner products (the cosine for unit vectors); -Infinity where the index holds fewer than `k` vectors. */
  readonly similarities: Float32Array<ArrayBuffer>;
  /** Ids of the vectors; -1 where the index holds fewer than `k`. */
  readonly ids: Float64Array<ArrayBuffer>;
}

/**
 * An exact index over vectors of one dimension: every search compares with every vector by inner product. Vectors carry
 * ids of the caller's choice, each at most once.
 *
 * Searches, `save` and `load` run on the thread pool; adding and removing while they are under way is safe (a search sees the index
 * as it was before or after, never between). Every failure is a `FaissError` with a stable code and leaves the index as it was.
 */
export class IdMappedFlatIpIndex {
  readonly #handle: NativeHandle;
  /** Length of a vector. */
  readonly dimension: number;

  /**
   * @param dimension length of a vector, 1 to 65536
   * @param handle for {@link load} only: an index there already
   * @throws FAISS_INVALID_ARGUMENT
   */
  constructor(dimension: number, handle: NativeHandle = addon.create(dimension)) {
    this.#handle = handle;
    this.dimension = dimension;
  }

  /**
   * Reads a snapshot written by {@link save}.
   * @throws FAISS_IO when there is no such file, FAISS_BAD_INDEX when it is damaged, cut off or something else
   */
  static async load(path: string): Promise<IdMappedFlatIpIndex> {
    const handle = await addon.load(path);
    return new IdMappedFlatIpIndex(addon.dimension(handle), handle);
  }

  /** How many vectors the index holds. */
  get size(): number {
    return addon.size(this.#handle);
  }

  /**
   * Adds vectors: all of them or, on an error, none.
   * @param vectors row-major, `ids.length` rows of `dimension` finite numbers
   * @param ids safe integers of 0 or more, none of them in the index yet
   * @throws FAISS_DIMENSION_MISMATCH, FAISS_NOT_FINITE, FAISS_INVALID_ID, FAISS_DUPLICATE_ID
   */
  addWithIds(vectors: Float32Array, ids: readonly number[]): void {
    addon.addWithIds(this.#handle, vectors, ids);
  }

  /**
   * Removes vectors; ids that are not there are ignored.
   * @returns how many were removed
   * @throws FAISS_INVALID_ID
   */
  removeIds(ids: readonly number[]): number {
    return addon.removeIds(this.#handle, ids);
  }

  /**
   * The `k` most similar vectors for each query.
   * @param queries row-major, any number of rows of `dimension` finite numbers; copied before the call returns
   * @param k 1 to 65536
   * @throws FAISS_DIMENSION_MISMATCH, FAISS_NOT_FINITE, FAISS_INVALID_ARGUMENT (as rejections)
   */
  // async: what the add-on throws at once becomes a rejection too
  async search(queries: Float32Array, k: number): Promise<SearchResult> {
    return addon.search(this.#handle, queries, k);
  }

  /**
   * Writes a snapshot under a temporary name, syncs it to disk and renames it: a file of that name is complete.
   * @throws FAISS_IO (as a rejection)
   */
  async save(path: string): Promise<void> {
    return addon.save(this.#handle, path);
  }

  /** Frees the memory now instead of at the next garbage collection. Work under way finishes; later calls throw FAISS_DISPOSED. */
  dispose(): void {
    addon.dispose(this.#handle);
  }
}
