// Replaces faiss::fvec_inner_product, the loop a flat inner-product search spends its time in.
//
// Debian builds FAISS for the oldest processor of the architecture and without re-association of floating point sums, so
// its own loop is scalar: 50 ms for 100,000 x 512. This one keeps independent partial sums in vectors and is
// compiled once per processor generation; the loader picks the best (12 to 15 ms: memory is the limit then). The linker
// takes the first definition it meets, see scripts/setup/native/faiss.mjs.

#include <cstddef>
#include <cstring>

#if defined(__x86_64__) && defined(__gnu_linux__)
#define PER_PROCESSOR __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define PER_PROCESSOR  // arm64: the baseline has vectors already
#endif

namespace {
constexpr size_t kLanes = 8;
constexpr size_t kSums = 4;  // enough independent additions to hide their latency
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
}  // namespace

namespace faiss {

PER_PROCESSOR float fvec_inner_product(const float* x, const float* y, size_t d) {
  Lanes sums[kSums] = {};
  size_t i = 0;
  for (; i + kLanes * kSums <= d; i += kLanes * kSums) {
    for (size_t s = 0; s < kSums; s++) {
      Lanes a, b;
      std::memcpy(&a, x + i + s * kLanes, sizeof a);
      std::memcpy(&b, y + i + s * kLanes, sizeof b);
      sums[s] += a * b;
    }
  }
  const Lanes sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float total = 0;
  for (size_t lane = 0; lane < kLanes; lane++) total += sum[lane];
  for (; i < d; i++) total += x[i] * y[i];
  return total;
}

}  // namespace faiss
