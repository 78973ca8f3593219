// mapped_file.h: a whole file as read-only bytes in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace systole {

/// Maps the file at construction, unmaps it at destruction; movable. The file must not shrink in
/// between: our writers replace files by renaming, which leaves the mapping intact.
class MappedFile {
 public:
  /// Throws InputError naming `path` when it cannot be read or is not a regular file.
  explicit MappedFile(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace systole
