import { IdMappedFlatIpIndex } from '@rollcall/faiss';

/** Growth of this process's memory over many searches of a 512-d gallery, MB. The limit is 20 MB for a million. */
export async function measureSearchMemory(searches: number): Promise<number> {
  const dimension = 512;
  const faces = 100;
  const index = new IdMappedFlatIpIndex(dimension);
  const vectors = Float32Array.from({ length: faces * dimension }, (_, position) => Math.sin(position));
  index.addWithIds(
    vectors,
    Array.from({ length: faces }, (_, id) => id),
  );
  const query = vectors.slice(0, dimension);
  const searchMany = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 4) {
      await Promise.all([
        index.search(query, 5),
        index.search(query, 5),
        index.search(query, 5),
        index.search(query, 5),
      ]);
    }
  };
  await searchMany(20_000);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  await searchMany(searches);
  globalThis.gc?.();
  const grown = (process.memoryUsage.rss() - before) / 1e6;
  index.dispose();
  return grown;
}
