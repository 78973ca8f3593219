// npy_writer.cpp: writes .npy files, version 1.0: magic, version, the header's length in 2 bytes,
// the header, padded so that the data begin at a multiple of 64 bytes, the data.
#include <fmt/format.h>

#include <array>
#include <bit>

#include "model/tensor/atomic_file.h"
#include "model/tensor/npy.h"

namespace systole {

static_assert(std::endian::native == std::endian::little);

void write_npy(const std::string& path, const IntTensor& tensor) {
  // Python's own text of a tuple: (), (3,), (2, 3).
  std::string header =
      fmt::format("{{'descr': '<i4', 'fortran_order': False, 'shape': ({}{}), }}",
                  fmt::join(tensor.shape, ", "), tensor.shape.size() == 1 ? "," : "");
  const std::size_t fixed = 10;  // What stands before the header.
  header.append(63 - (fixed + header.size()) % 64, ' ');
  header += '\n';
  const auto low = static_cast<char>(header.size() & 0xff);
  const auto high = static_cast<char>(header.size() >> 8);
  const std::string start = std::string("\x93NUMPY\1\0", 8) + low + high;
  const std::string_view data(reinterpret_cast<const char*>(tensor.data.data()),
                              tensor.data.size() * sizeof(std::int32_t));
  write_file_atomically(path, std::array<std::string_view, 3>{start, header, data});
}

}  // namespace systole
