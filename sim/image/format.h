// format.h: the file formats of memory images: each is written and read back.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "sim/image/words.h"

namespace systole {

enum class ImageFormat {
  kHex,       ///< For $readmemh (IEEE 1800-2017, 21.4).
  kBin,       ///< For $readmemb.
  kCoe,       ///< AMD/Xilinx block memory coefficients.
  kMif,       ///< Intel/Altera memory initialisation file.
  kIntelHex,  ///< Intel hexadecimal object file, revision A, with 32-bit linear addresses.
  kSRecord,   ///< Motorola S-record with 32-bit addresses (S3).
  kRaw,       ///< The bytes alone.
  kCHeader,   ///< A constant array of C.
  kNpy,       ///< NumPy's .npy, version 1.0, of unsigned integers.
};

inline constexpr std::array kImageFormats = {
    ImageFormat::kHex, ImageFormat::kBin,      ImageFormat::kCoe,
    ImageFormat::kMif, ImageFormat::kIntelHex, ImageFormat::kSRecord,
    ImageFormat::kRaw, ImageFormat::kCHeader,  ImageFormat::kNpy};

/// The name in configurations: hex, bin, coe, mif, intel_hex, srecord, raw, c_header, npy.
std::string to_string(ImageFormat format);
std::optional<ImageFormat> parse_image_format(std::string_view name);

/// What names of files end in, a different one for each format: ".memh".
std::string file_ending(ImageFormat format);

/// Whether files hold the base address; images that are read from other ones have base 0.
bool holds_addresses(ImageFormat format);
/// Whether files have bytes, so that FormatOptions::byte_order matters: Intel HEX, S-record, raw,
/// and C headers of words that no C integer holds.
bool has_byte_order(ImageFormat format, int word_bits);

struct FormatOptions {
  ByteOrder byte_order = ByteOrder::kLittle;  ///< See has_byte_order().
  int alignment = 8;  ///< Of a C array, in bytes: a power of two in [1, 4096].
};

/// The whole file; the same bytes for the same arguments. Throws InputError as check_image() does,
/// and: byte addresses of Intel HEX and S-record are below 2^32, a C header needs a C identifier as
/// name and an alignment as above.
std::string write_image(const MemoryImage& image, ImageFormat format,
                        const FormatOptions& options = {});

/// The image in the whole `text` of a file of words of `word_bits` bits; its name where the format
/// has one (S-record, C header), else "". Also takes files of other tools, in any order of
/// addresses; C headers only as write_image() lays them out. Throws InputError at `file` and its
/// line: digits, checksums and ends that are wrong or missing, words wider than `word_bits`,
/// addresses past 32 bits, words that are given twice, and holes: no value is invented.
MemoryImage read_image(std::string_view text, ImageFormat format, const std::string& file,
                       int word_bits, const FormatOptions& options = {});

}  // namespace systole
