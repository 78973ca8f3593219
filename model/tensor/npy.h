// npy.h: reads and writes NumPy's .npy files.
#pragma once

#include <string>

#include "model/tensor/dtype.h"
#include "model/tensor/mapped_file.h"
#include "model/tensor/tensor.h"

namespace systole {

/// An opened .npy file, version 1 or 2: little-endian, C order; |b1 |u1 |i1 <u2 <i2 <u4 <i4 <u8 <i8
/// <f2 <f4 <f8. Opening checks the whole header and that the data has exactly the shape's size;
/// errors are InputErrors that name the file, what was found and what was expected.
class NpyFile {
 public:
  explicit NpyFile(const std::string& path);

  const Shape& shape() const { return shape_; }
  Dtype dtype() const { return dtype_; }

  /// As SafetensorsFile::read_int.
  IntTensor read_int() const;
  /// As SafetensorsFile::read_float.
  FloatTensor read_float() const;

  /// Elements [first, first + count) of the first axis, which must be there.
  IntTensor read_int(std::int64_t first, std::int64_t count) const;
  FloatTensor read_float(std::int64_t first, std::int64_t count) const;

 private:
  std::string_view bytes_of(std::int64_t first, std::int64_t count) const;

  std::string path_;
  MappedFile file_;
  Dtype dtype_ = Dtype::kU8;
  Shape shape_;
  std::size_t data_start_ = 0;
};

/// Writes integers as <i4 in C order, version 1.0, atomically. Equal tensors give equal bytes.
void write_npy(const std::string& path, const IntTensor& tensor);

}  // namespace systole
