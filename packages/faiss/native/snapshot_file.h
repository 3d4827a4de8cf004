#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <faiss/impl/io.h>

namespace rollcall {

// A snapshot is what faiss::write_index writes (other FAISS programs read it) followed by 24 bytes of ours: a magic word,
// the length of FAISS's part and a checksum over it. FAISS believes the lengths it reads from a file, so a damaged file could make it
// ask for terabytes: the checksum is compared before FAISS sees a byte.

/// Takes what FAISS writes, in memory.
class SnapshotBuffer : public faiss::IOWriter {
 public:
  void Reserve(size_t size) { bytes_.reserve(size); }
  size_t operator()(const void* data, size_t size, size_t count) override;
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

/// Writes to a temporary name beside `path`, fsyncs, renames. CodedError FAISS_IO.
void WriteSnapshot(const std::string& path, const SnapshotBuffer& buffer);

/// Gives FAISS a file whose checksum has been compared. CodedError FAISS_IO or FAISS_BAD_INDEX.
class SnapshotReader : public faiss::IOReader {
 public:
  explicit SnapshotReader(const std::string& path);
  ~SnapshotReader() override;
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;
  size_t operator()(void* data, size_t size, size_t count) override;

 private:
  void Verify(const std::string& path);

  FILE* file_;
  uint64_t remaining_ = 0;
};

}  // namespace rollcall
