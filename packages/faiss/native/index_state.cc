#include "index_state.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include <faiss/impl/IDSelector.h>
#include <faiss/index_io.h>

#include "coded_error.h"
#include "snapshot_file.h"

namespace rollcall {
namespace {

/// Largest integer a JavaScript number holds exactly.
constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

std::unique_ptr<faiss::IndexIDMap> MakeIndex(int dimension) {
  auto flat = std::make_unique<faiss::IndexFlatIP>(dimension);
  auto index = std::make_unique<faiss::IndexIDMap>(flat.get());
  index->own_fields = true;
  flat.release();
  return index;
}

void ReserveForGrowth(std::vector<int64_t>& vector, size_t more) {
  const size_t needed = vector.size() + more;
  if (needed > vector.capacity()) vector.reserve(std::max(needed, 2 * vector.capacity()));
}

void RequireFinite(const std::vector<float>& values) {
  for (const float value : values) {
    if (!std::isfinite(value)) throw CodedError("FAISS_NOT_FINITE", "a vector contains NaN or Infinity");
  }
}

}  // namespace

IndexState::IndexState(int dimension) : index_(MakeIndex(dimension)) {}

IndexState::IndexState(std::unique_ptr<faiss::IndexIDMap> index) : index_(std::move(index)) {}

size_t IndexState::size() const {
  std::shared_lock lock(mutex_);
  return index_->ntotal;
}

size_t IndexState::bytes() const {
  std::shared_lock lock(mutex_);
  // id: 8 bytes in FAISS's map and about 40 in a node of ours
  return static_cast<size_t>(index_->ntotal) * (index_->d * sizeof(float) + 48);
}

void IndexState::Add(const std::vector<float>& vectors, const std::vector<int64_t>& ids) {
  RequireFinite(vectors);
  std::unique_lock lock(mutex_);
  size_t inserted = 0;
  try {
    for (const int64_t id : ids) {
      if (!ids_.insert(id).second) throw CodedError("FAISS_DUPLICATE_ID", "id " + std::to_string(id) + " is there already");
      inserted++;
    }
    // FAISS appends the vectors and then the ids; running out of memory between would leave them of different lengths. So
    // the ids' memory comes first.
    ReserveForGrowth(index_->id_map, ids.size());
    index_->add_with_ids(static_cast<int64_t>(ids.size()), vectors.data(), ids.data());
  } catch (...) {
    for (size_t i = 0; i < inserted; i++) ids_.erase(ids[i]);
    throw;
  }
}

size_t IndexState::Remove(const std::vector<int64_t>& ids) {
  std::unique_lock lock(mutex_);
  std::vector<int64_t> present;
  for (const int64_t id : ids) {
    if (ids_.count(id) != 0) present.push_back(id);
  }
  if (present.empty()) return 0;  // FAISS would walk through the whole index
  const faiss::IDSelectorBatch selector(present.size(), present.data());
  const size_t removed = index_->remove_ids(selector);
  for (const int64_t id : present) ids_.erase(id);
  return removed;
}

void IndexState::Search(const std::vector<float>& queries, size_t k, float* similarities, double* ids) const {
  RequireFinite(queries);
  // One thread a search: the service runs as many searches side by side as it wants to use cores. (The setting belongs to
  // the calling thread.)
  omp_set_num_threads(1);
  std::shared_lock lock(mutex_);
  const size_t count = queries.size() / index_->d;
  const size_t found = std::min<size_t>(k, index_->ntotal);
  std::fill_n(similarities, count * k, -std::numeric_limits<float>::infinity());
  std::fill_n(ids, count * k, -1.0);
  if (found == 0 || count == 0) return;

  std::vector<float> distances(count * found);
  std::vector<int64_t> labels(count * found);
  index_->search(static_cast<int64_t>(count), queries.data(), static_cast<int64_t>(found), distances.data(), labels.data());
  for (size_t row = 0; row < count; row++) {
    for (size_t rank = 0; rank < found; rank++) {
      const int64_t label = labels[row * found + rank];
      if (label < 0) break;
      similarities[row * k + rank] = distances[row * found + rank];
      ids[row * k + rank] = static_cast<double>(label);
    }
  }
}

void IndexState::Save(const std::string& path) const {
  SnapshotBuffer buffer;
  {
    // Only into memory while the lock is held: a slow disk must not make an enrolment wait.
    std::shared_lock lock(mutex_);
    buffer.Reserve(static_cast<size_t>(index_->ntotal) * (index_->d * sizeof(float) + sizeof(int64_t)) + 4096);
    faiss::write_index(index_.get(), &buffer);
  }
  WriteSnapshot(path, buffer);
}

std::shared_ptr<IndexState> IndexState::Load(const std::string& path) {
  SnapshotReader reader(path);  // has compared the checksum: what follows is what Save() wrote
  std::unique_ptr<faiss::Index> loaded(faiss::read_index(&reader));
  auto* mapped = dynamic_cast<faiss::IndexIDMap*>(loaded.get());
  if (mapped == nullptr || dynamic_cast<faiss::IndexFlat*>(mapped->index) == nullptr ||
      mapped->metric_type != faiss::METRIC_INNER_PRODUCT || mapped->id_map.size() != static_cast<size_t>(mapped->ntotal)) {
    throw CodedError("FAISS_BAD_INDEX", path + " holds another kind of index");
  }
  mapped->own_fields = true;
  loaded.release();
  std::shared_ptr<IndexState> state(new IndexState(std::unique_ptr<faiss::IndexIDMap>(mapped)));
  state->ids_.reserve(mapped->id_map.size());
  for (const int64_t id : mapped->id_map) {
    if (id < 0 || id > kMaxSafeInteger || !state->ids_.insert(id).second) {
      throw CodedError("FAISS_BAD_INDEX", path + " holds an id twice or one that is out of range");
    }
  }
  return state;
}

}  // namespace rollcall
