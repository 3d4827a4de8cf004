#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>

namespace rollcall {

/// An id-mapped flat inner-product index that many threads may search while one changes it. Knows nothing of JavaScript.
/// Every failure is a CodedError (or std::bad_alloc) and leaves the index as it was.
class IndexState {
 public:
  explicit IndexState(int dimension);

  int dimension() const { return index_->d; }
  size_t size() const;
  /// Bytes held by vectors and ids.
  size_t bytes() const;

  /// `vectors`: ids.size() rows of `dimension` finite floats. Ids must be new to the index and different from one another.
  void Add(const std::vector<float>& vectors, const std::vector<int64_t>& ids);

  /// Unknown ids are ignored. Returns how many vectors went.
  size_t Remove(const std::vector<int64_t>& ids);

  /// For each of the rows in `queries`, the k best by inner product, best first, into `similarities` and `ids` (rows of k);
  /// id -1 and similarity -infinity where the index holds fewer.
  void Search(const std::vector<float>& queries, size_t k, float* similarities, double* ids) const;

  /// Writes a snapshot: complete or not at all (temporary name, fsync, rename).
  void Save(const std::string& path) const;
  static std::shared_ptr<IndexState> Load(const std::string& path);

 private:
  explicit IndexState(std::unique_ptr<faiss::IndexIDMap> index);

  mutable std::shared_mutex mutex_;
  std::unique_ptr<faiss::IndexIDMap> index_;
  /// FAISS accepts an id twice and would then answer with both.
  std::unordered_set<int64_t> ids_;
};

}  // namespace rollcall
