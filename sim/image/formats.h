// formats.h: a writer and a reader per format, for format.cpp alone, which checks their arguments.
#pragma once

#include <string>
#include <string_view>

#include "sim/image/format.h"

namespace systole {

/// What a reader gets.
struct ImageSource {
  std::string_view text;
  std::string file;  ///< For errors.
  int word_bits = 8;
  ByteOrder byte_order = ByteOrder::kLittle;
};

/// `digit_bits`: 4 for $readmemh, 1 for $readmemb.
std::string write_readmem(const MemoryImage& image, int digit_bits);
MemoryImage read_readmem(const ImageSource& source, int digit_bits);

std::string write_coe(const MemoryImage& image);
MemoryImage read_coe(const ImageSource& source);

std::string write_mif(const MemoryImage& image);
MemoryImage read_mif(const ImageSource& source);

std::string write_intel_hex(const MemoryImage& image, ByteOrder order);
MemoryImage read_intel_hex(const ImageSource& source);

std::string write_srecord(const MemoryImage& image, ByteOrder order);
MemoryImage read_srecord(const ImageSource& source);

std::string write_raw(const MemoryImage& image, ByteOrder order);
MemoryImage read_raw(const ImageSource& source);

std::string write_c_header(const MemoryImage& image, const FormatOptions& options);
MemoryImage read_c_header(const ImageSource& source);

std::string write_npy(const MemoryImage& image);
MemoryImage read_npy(const ImageSource& source);

}  // namespace systole
