// atomic_file.cpp: temporary file and rename.
#include "model/tensor/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "model/config/error.h"

namespace systole {
namespace {

InputError failed(const std::string& path) {
  return InputError({.where = {path},
                     .got = std::strerror(errno),
                     .expected = "a writable file",
                     .hint = "does its folder exist?"});
}

/// Removes the temporary file unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path) : target_(path), name_(path + ".XXXXXX") {
    descriptor_ = ::mkstemp(name_.data());
    if (descriptor_ < 0) throw failed(path);
    const mode_t mask = ::umask(0);  // mkstemp makes files private; ours are ordinary ones.
    ::umask(mask);
    ::fchmod(descriptor_, 0666 & ~mask);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!is_renamed_) ::unlink(name_.c_str());
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw failed(target_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void rename() {
    const int status = ::close(descriptor_);
    descriptor_ = -1;
    if (status != 0 || std::rename(name_.c_str(), target_.c_str()) != 0) throw failed(target_);
    is_renamed_ = true;
  }

 private:
  std::string target_;
  std::string name_;
  int descriptor_ = -1;
  bool is_renamed_ = false;
};

}  // namespace

void write_file_atomically(const std::string& path, std::span<const std::string_view> pieces) {
  TemporaryFile file(path);
  for (const std::string_view piece : pieces) file.write(piece);
  file.rename();
}

void write_file_atomically(const std::string& path, std::string_view bytes) {
  write_file_atomically(path, std::array{bytes});
}

}  // namespace systole
