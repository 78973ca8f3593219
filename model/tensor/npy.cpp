// npy.cpp: parses the header of a .npy file, a Python dictionary.
#include "model/tensor/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "model/config/error.h"
#include "model/tensor/elements.h"

namespace systole {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::int64_t kMaxElements = std::int64_t{1} << 48;

[[noreturn]] void fail(const std::string& path, const std::string& got,
                       const std::string& expected) {
  throw InputError({.where = {path}, .got = got, .expected = expected});
}

struct Descr {
  std::string_view name;
  Dtype dtype;
};
constexpr std::array<Descr, 12> kDescrs = {{{"|b1", Dtype::kBool},
                                            {"|u1", Dtype::kU8},
                                            {"|i1", Dtype::kI8},
                                            {"<u2", Dtype::kU16},
                                            {"<i2", Dtype::kI16},
                                            {"<u4", Dtype::kU32},
                                            {"<i4", Dtype::kI32},
                                            {"<u8", Dtype::kU64},
                                            {"<i8", Dtype::kI64},
                                            {"<f2", Dtype::kF16},
                                            {"<f4", Dtype::kF32},
                                            {"<f8", Dtype::kF64}}};

/// Takes a Python literal apart from left to right.
class Cursor {
 public:
  Cursor(const std::string& path, std::string_view text) : path_(path), text_(text) {}

  /// Skips spaces, then takes `token` if it comes next.
  bool take(std::string_view token) {
    const std::size_t start = text_.find_first_not_of(" \t\n");
    text_.remove_prefix(std::min(start, text_.size()));
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  void expect(std::string_view token) {
    if (!take(token)) bad();
  }

  std::string_view quoted() {
    const char* quote = take("'") ? "'" : "\"";
    if (*quote == '"') expect("\"");
    const std::size_t end = text_.find(quote);
    if (end == std::string_view::npos) bad();
    const std::string_view word = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return word;
  }

  std::int64_t integer() {
    take("");
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc{} || value < 0) bad();
    text_.remove_prefix(static_cast<std::size_t>(stop - text_.data()));
    return value;
  }

  bool is_at_end() { return take("") && text_.empty(); }

  [[noreturn]] void bad() const {
    fail(path_, "a malformed header", "{'descr': ..., 'fortran_order': False, 'shape': (...)}");
  }

 private:
  const std::string& path_;
  std::string_view text_;
};

struct Header {
  std::optional<Dtype> dtype;
  std::optional<bool> is_fortran;
  std::optional<Shape> shape;
};

Dtype parse_descr(const std::string& path, std::string_view name) {
  for (const Descr& descr : kDescrs) {
    if (descr.name == name) return descr.dtype;
  }
  fail(path, fmt::format("descr '{}'", name.substr(0, 20)),
       "|b1, |u1, |i1, <u2, <i2, <u4, <i4, <u8, <i8, <f2, <f4 or <f8");
}

Shape parse_shape(Cursor& cursor) {
  Shape shape;
  cursor.expect("(");
  while (!cursor.take(")")) {
    if (shape.size() == 16) cursor.bad();
    shape.push_back(cursor.integer());
    if (!cursor.take(",")) {
      cursor.expect(")");
      break;
    }
  }
  return shape;
}

Header parse_header(const std::string& path, std::string_view text) {
  Header header;
  Cursor cursor(path, text);
  cursor.expect("{");
  while (!cursor.take("}")) {
    const std::string_view key = cursor.quoted();
    cursor.expect(":");
    if (key == "descr" && !header.dtype) {
      header.dtype = parse_descr(path, cursor.quoted());
    } else if (key == "fortran_order" && !header.is_fortran) {
      header.is_fortran = cursor.take("True");
      if (!*header.is_fortran) cursor.expect("False");
    } else if (key == "shape" && !header.shape) {
      header.shape = parse_shape(cursor);
    } else {
      cursor.bad();
    }
    if (!cursor.take(",")) {
      cursor.expect("}");
      break;
    }
  }
  if (!cursor.is_at_end() || !header.dtype || !header.is_fortran || !header.shape) cursor.bad();
  return header;
}

/// Position and length of the header's text.
std::pair<std::size_t, std::size_t> find_header(const std::string& path, std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < 12) fail(path, "another file", "a .npy file");
  const int version = bytes[6];
  if (version != 1 && version != 2) {
    fail(path, fmt::format(".npy version {}", version), "version 1 or 2");
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, length_bytes);
  const std::size_t start = 8 + length_bytes;
  if (length > bytes.size() - start) {
    fail(path, fmt::format("a header length of {} bytes", length),
         fmt::format("at most {}, the rest of the file; is it truncated?", bytes.size() - start));
  }
  return {start, length};
}

std::int64_t checked_count(const std::string& path, const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (__builtin_mul_overflow(count, extent, &count) || count > kMaxElements) {
      fail(path, "shape " + to_string(shape), "at most 2^48 elements");
    }
  }
  return count;
}

}  // namespace

NpyFile::NpyFile(const std::string& path) : path_(path), file_(path) {
  const auto [start, length] = find_header(path, file_.bytes());
  const Header header = parse_header(path, file_.bytes().substr(start, length));
  if (*header.is_fortran) fail(path, "Fortran order", "C order; save numpy.ascontiguousarray(...)");

  dtype_ = *header.dtype;
  shape_ = *header.shape;
  data_start_ = start + length;
  const std::int64_t expected = checked_count(path, shape_) * dtype_bytes(dtype_);
  const auto found = static_cast<std::int64_t>(file_.bytes().size() - data_start_);
  if (found != expected) {
    fail(path, fmt::format("{} data bytes", found),
         fmt::format("{} for {} of shape {}", expected, dtype_name(dtype_), to_string(shape_)));
  }
}

IntTensor NpyFile::read_int() const {
  return to_int_tensor({{path_}, "", dtype_, shape_, file_.bytes().substr(data_start_)});
}

FloatTensor NpyFile::read_float() const {
  return to_float_tensor({{path_}, "", dtype_, shape_, file_.bytes().substr(data_start_)});
}

std::string_view NpyFile::bytes_of(std::int64_t first, std::int64_t count) const {
  const std::int64_t row =
      shape_[0] == 0 ? 0 : element_count(shape_) / shape_[0] * dtype_bytes(dtype_);
  return file_.bytes().substr(data_start_ + static_cast<std::size_t>(first * row),
                              static_cast<std::size_t>(count * row));
}

IntTensor NpyFile::read_int(std::int64_t first, std::int64_t count) const {
  Shape shape = shape_;
  shape[0] = count;
  return to_int_tensor({{path_}, "", dtype_, shape, bytes_of(first, count)});
}

FloatTensor NpyFile::read_float(std::int64_t first, std::int64_t count) const {
  Shape shape = shape_;
  shape[0] = count;
  return to_float_tensor({{path_}, "", dtype_, shape, bytes_of(first, count)});
}

}  // namespace systole
