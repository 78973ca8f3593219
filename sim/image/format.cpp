// format.cpp: names of formats, and the way to each one's writer and reader.
#include "sim/image/format.h"

#include <cassert>

#include "sim/image/formats.h"

namespace systole {
namespace {

struct Names {
  const char* name;
  const char* ending;
};

Names names(ImageFormat format) {
  switch (format) {
    case ImageFormat::kHex:
      return {"hex", ".memh"};
    case ImageFormat::kBin:
      return {"bin", ".memb"};
    case ImageFormat::kCoe:
      return {"coe", ".coe"};
    case ImageFormat::kMif:
      return {"mif", ".mif"};
    case ImageFormat::kIntelHex:
      return {"intel_hex", ".ihex"};
    case ImageFormat::kSRecord:
      return {"srecord", ".srec"};
    case ImageFormat::kRaw:
      return {"raw", ".raw"};
    case ImageFormat::kCHeader:
      return {"c_header", ".h"};
    case ImageFormat::kNpy:
      return {"npy", ".npy"};
  }
  assert(false);
  return {"", ""};
}

}  // namespace

std::string to_string(ImageFormat format) { return names(format).name; }

std::string file_ending(ImageFormat format) { return names(format).ending; }

std::optional<ImageFormat> parse_image_format(std::string_view name) {
  for (const ImageFormat format : kImageFormats)
    if (names(format).name == name) return format;
  return std::nullopt;
}

bool holds_addresses(ImageFormat format) {
  return format != ImageFormat::kCoe && format != ImageFormat::kRaw && format != ImageFormat::kNpy;
}

bool has_byte_order(ImageFormat format, int word_bits) {
  const bool is_c_integer = word_bits == 8 || word_bits == 16 || word_bits == 32 || word_bits == 64;
  return format == ImageFormat::kIntelHex || format == ImageFormat::kSRecord ||
         format == ImageFormat::kRaw || (format == ImageFormat::kCHeader && !is_c_integer);
}

std::string write_image(const MemoryImage& image, ImageFormat format,
                        const FormatOptions& options) {
  check_image(image);
  switch (format) {
    case ImageFormat::kHex:
      return write_readmem(image, 4);
    case ImageFormat::kBin:
      return write_readmem(image, 1);
    case ImageFormat::kCoe:
      return write_coe(image);
    case ImageFormat::kMif:
      return write_mif(image);
    case ImageFormat::kIntelHex:
      return write_intel_hex(image, options.byte_order);
    case ImageFormat::kSRecord:
      return write_srecord(image, options.byte_order);
    case ImageFormat::kRaw:
      return write_raw(image, options.byte_order);
    case ImageFormat::kCHeader:
      return write_c_header(image, options);
    case ImageFormat::kNpy:
      return write_npy(image);
  }
  assert(false);
  return "";
}

MemoryImage read_image(std::string_view text, ImageFormat format, const std::string& file,
                       int word_bits, const FormatOptions& options) {
  check_word_bits(word_bits, {file});
  const ImageSource source{text, file, word_bits, options.byte_order};
  switch (format) {
    case ImageFormat::kHex:
      return read_readmem(source, 4);
    case ImageFormat::kBin:
      return read_readmem(source, 1);
    case ImageFormat::kCoe:
      return read_coe(source);
    case ImageFormat::kMif:
      return read_mif(source);
    case ImageFormat::kIntelHex:
      return read_intel_hex(source);
    case ImageFormat::kSRecord:
      return read_srecord(source);
    case ImageFormat::kRaw:
      return read_raw(source);
    case ImageFormat::kCHeader:
      return read_c_header(source);
    case ImageFormat::kNpy:
      return read_npy(source);
  }
  assert(false);
  return {};
}

}  // namespace systole
