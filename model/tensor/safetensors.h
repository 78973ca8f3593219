// safetensors.h: reads and writes files of named tensors in the safetensors format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/tensor/dtype.h"
#include "model/tensor/int_type.h"
#include "model/tensor/mapped_file.h"
#include "model/tensor/tensor.h"

namespace systole {

/// A file opened for reading; it stays mapped, and tensors are converted when they are read.
///
/// Layout: header length (8 bytes, little-endian), a JSON object {name: {dtype, shape,
/// data_offsets}}, the tensors' bytes. Everything is checked at opening: lengths, JSON, dtypes,
/// and that the tensors fill the data part without holes or overlaps. Errors are InputErrors that
/// name the file, the tensor, what was found and what was expected.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::string& path);

  const std::string& path() const { return path_; }
  /// In alphabetical order.
  std::vector<std::string> names() const;
  bool contains(const std::string& name) const { return entries_.contains(name); }
  /// The header's free text.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  // These throw InputError when there is no such tensor, naming the nearest one.
  const Shape& shape(const std::string& name) const;
  Dtype dtype(const std::string& name) const;
  std::string_view bytes(const std::string& name) const;

  /// From F32, F16, BF16 (exact) or F64 (rounded to nearest); other dtypes are errors.
  FloatTensor read_float(const std::string& name) const;
  /// From F64, F32, F16 or BF16, exact; other dtypes are errors.
  Tensor<double> read_double(const std::string& name) const;
  /// From any integer dtype or BOOL; a value beyond 32 bits signed is an error.
  IntTensor read_int(const std::string& name) const;
  /// From any integer dtype or BOOL; a value beyond 64 bits signed is an error.
  Tensor<std::int64_t> read_int64(const std::string& name) const;

  /// What the header says of one tensor; `begin` and `end` count from the start of the data part.
  struct Entry {
    Dtype dtype;
    Shape shape;
    std::int64_t begin;
    std::int64_t end;
  };

 private:
  const Entry& entry(const std::string& name) const;

  std::string path_;
  MappedFile file_;
  std::size_t data_start_ = 0;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

/// One tensor to be written: little-endian, row-major bytes.
struct SafetensorsEntry {
  std::string name;
  Dtype dtype;
  Shape shape;
  std::string bytes;
};

/// The narrowest dtype that holds `type`: int9 -> I16, uint8 -> U8, int32 -> I32.
Dtype narrowest_dtype(const IntType& type);
/// The first of int8, uint8, int16 and int32 that holds every value; int32 of an empty tensor.
IntType storage_type(const IntTensor& tensor);

/// Every value must be in the range of `type` (assert).
SafetensorsEntry encode(std::string name, const IntTensor& tensor, const IntType& type);
SafetensorsEntry encode(std::string name, const FloatTensor& tensor);
SafetensorsEntry encode(std::string name, const Tensor<double>& tensor);
SafetensorsEntry encode(std::string name, const Tensor<std::int64_t>& tensor);

/// Writes a file atomically. Equal arguments give equal bytes: tensors keep their order, metadata
/// is sorted, and spaces pad the header to a multiple of 8 bytes. Names must differ (assert).
void write_safetensors(const std::string& path, const std::vector<SafetensorsEntry>& entries,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace systole
