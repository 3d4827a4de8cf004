#include "snapshot_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "coded_error.h"

namespace rollcall {
namespace {

struct Footer {
  char magic[8];
  uint64_t length;
  uint64_t checksum;
};
static_assert(sizeof(Footer) == 24, "written to disk as it is");

constexpr char kMagic[8] = {'R', 'C', 'F', 'A', 'I', 'S', 'S', '1'};
constexpr size_t kChunk = 1 << 20;  // a multiple of 8, see Checksum

[[noreturn]] void ThrowIo(const char* what, const std::string& path) {
  throw CodedError("FAISS_IO", std::string(what) + " " + path + ": " + std::strerror(errno));
}

/// 64 bits against accidents (not against forgery): each step is a bijection of the state, so a change within one word
/// is always seen. All chunks but the last must be multiples of 8 bytes.
class Checksum {
 public:
  void Update(const uint8_t* data, size_t size) {
    for (; size > 0; data += 8, size = size > 8 ? size - 8 : 0) {
      uint64_t word = 0;
      std::memcpy(&word, data, std::min<size_t>(size, 8));
      state_ ^= word;
      state_ = ((state_ << 29) | (state_ >> 35)) * 0x9E3779B185EBCA87ULL;  // an odd constant, xxHash's first prime
    }
  }
  uint64_t value() const { return state_ ^ (state_ >> 32); }

 private:
  uint64_t state_ = 0x524F4C4C43414C4CULL;
};

/// Closes and removes the temporary file unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target) : path_(NameFor(target)) {
    descriptor_ = open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor_ < 0) ThrowIo("cannot create", path_);
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!renamed_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void Write(const void* data, size_t size) {
    auto* bytes = static_cast<const uint8_t*>(data);
    while (size > 0) {
      const ssize_t written = write(descriptor_, bytes, std::min<size_t>(size, 1 << 30));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) ThrowIo("cannot write", path_);
      bytes += written;
      size -= written;
    }
  }

  void RenameTo(const std::string& target) {
    if (fsync(descriptor_) != 0) ThrowIo("cannot sync", path_);
    const int closed = close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) ThrowIo("cannot close", path_);
    if (rename(path_.c_str(), target.c_str()) != 0) ThrowIo("cannot rename to", target);
    renamed_ = true;
  }

 private:
  static std::string NameFor(const std::string& target) {
    static std::atomic<uint64_t> counter{0};
    return target + "." + std::to_string(getpid()) + "-" + std::to_string(counter++) + ".tmp";
  }

  std::string path_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

/// The new name survives a power cut only once its folder is on disk too.
void SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) ThrowIo("cannot open", folder);
  fsync(descriptor);  // some file systems refuse this; the snapshot is there all the same
  close(descriptor);
}

}  // namespace

size_t SnapshotBuffer::operator()(const void* data, size_t size, size_t count) {
  auto* bytes = static_cast<const uint8_t*>(data);
  bytes_.insert(bytes_.end(), bytes, bytes + size * count);
  return count;
}

void WriteSnapshot(const std::string& path, const SnapshotBuffer& buffer) {
  const auto& bytes = buffer.bytes();
  Checksum checksum;
  checksum.Update(bytes.data(), bytes.size());
  Footer footer;
  std::memcpy(footer.magic, kMagic, sizeof kMagic);
  footer.length = bytes.size();
  footer.checksum = checksum.value();

  TemporaryFile file(path);
  file.Write(bytes.data(), bytes.size());
  file.Write(&footer, sizeof footer);
  file.RenameTo(path);
  SyncFolderOf(path);
}

SnapshotReader::SnapshotReader(const std::string& path) {
  // Without O_NONBLOCK a named pipe would hold the thread for ever.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) ThrowIo("cannot open", path);
  file_ = fdopen(descriptor, "rb");
  if (file_ == nullptr) {
    close(descriptor);
    ThrowIo("cannot open", path);
  }
  try {
    Verify(path);
  } catch (...) {
    fclose(file_);
    throw;
  }
}

SnapshotReader::~SnapshotReader() { fclose(file_); }

size_t SnapshotReader::operator()(void* data, size_t size, size_t count) {
  if (size == 0) return 0;
  const size_t wanted = std::min<uint64_t>(count, remaining_ / size);
  const size_t got = fread(data, size, wanted, file_);
  remaining_ -= got * size;
  return got;
}

void SnapshotReader::Verify(const std::string& path) {
  struct stat status;
  if (fstat(::fileno(file_), &status) != 0) ThrowIo("cannot read", path);
  if (!S_ISREG(status.st_mode)) throw CodedError("FAISS_IO", path + " is not a file");
  const auto size = static_cast<uint64_t>(status.st_size);
  Footer footer = {};
  if (size < sizeof footer) throw CodedError("FAISS_BAD_INDEX", path + " is too short to be a snapshot");
  if (fseeko(file_, static_cast<off_t>(size - sizeof footer), SEEK_SET) != 0) ThrowIo("cannot read", path);
  if (fread(&footer, sizeof footer, 1, file_) != 1) ThrowIo("cannot read", path);
  if (std::memcmp(footer.magic, kMagic, sizeof kMagic) != 0 || footer.length != size - sizeof footer) {
    throw CodedError("FAISS_BAD_INDEX", path + " is not a snapshot, or it was cut off");
  }

  rewind(file_);
  Checksum checksum;
  std::vector<uint8_t> chunk(kChunk);
  for (uint64_t left = footer.length; left > 0;) {
    const size_t step = std::min<uint64_t>(left, chunk.size());
    if (fread(chunk.data(), 1, step, file_) != step) ThrowIo("cannot read", path);
    checksum.Update(chunk.data(), step);
    left -= step;
  }
  if (checksum.value() != footer.checksum) throw CodedError("FAISS_BAD_INDEX", path + " is damaged: its checksum differs");
  rewind(file_);
  remaining_ = footer.length;
}

}  // namespace rollcall
