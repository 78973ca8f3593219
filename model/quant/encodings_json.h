// encodings_json.h: quantizers in AIMET's encoding files, versions 0.6.1, 1.0.0 and 2.0.0.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/quant/encoding.h"
#include "model/quant/tensor_encoding.h"

namespace systole {

enum class AimetVersion : std::uint8_t { k061, k100, k200 };
inline constexpr std::array<std::string_view, 3> kAimetVersionNames = {"0.6.1", "1.0.0", "2.0.0"};

/// Which list of a file an entry stands in; 2.0.0 has one list and says nothing.
enum class EncodingRole : std::uint8_t { kUnsaid, kActivation, kParameter };

struct EncodingEntry {
  Encoding encoding;
  EncodingRole role = EncodingRole::kUnsaid;
  /// `min` and `max` of every group as 0.6.1 holds them, where one was read; AIMET computes them in
  /// an order of its own. Written where there is one per group, else Δ (code - zero_point) of the
  /// lowest and the highest code.
  std::vector<RealRange> limits = {};

  bool operator==(const EncodingEntry&) const = default;
};

struct EncodingsFile {
  AimetVersion version = AimetVersion::k200;
  std::vector<EncodingEntry> entries;  ///< In the file's order.
  std::string other = "{}";            ///< JSON of the file's other keys: producer, quantizer_args.

  bool operator==(const EncodingsFile&) const = default;
};

using TensorShapes = std::map<std::string, Shape>;

/// Reads a file of any of the three versions. What the versions leave unsaid is read so:
///
///   0.6.1, 1.0.0  offset = (lowest code) - zero_point. Symmetric: signed where the offset is
///                 -2^(bits-1), narrow where it is one more, unsigned where it is 0; else affine
///                 and unsigned. Channels are axis 0, AIMET's output channels.
///   1.0.0         PER_BLOCK: blocks of input channels, axis 1, all of the axes behind; `shapes`
///                 must hold the tensor's shape (AIMET's layout), which the file does not say.
///   2.0.0         as `from_onnx`.
///
/// Throws InputError `file: key: got X, expected Y`; float and LPBQ entries are refused by name.
EncodingsFile load_encodings(const std::string& path, const TensorShapes& shapes = {});
EncodingsFile parse_encodings(std::string_view text, const std::string& file,
                              const TensorShapes& shapes = {});

/// The file's text, laid out as AIMET's (sorted keys, indents of 4, shortest numbers): what was
/// read comes out byte for byte, unless it held numbers or layout of another style. Scales are Δ as
/// `steps` gives it. An affine signed quantizer becomes, in 0.6.1 and 1.0.0, the unsigned one of
/// the same reals. Throws InputError, naming the tensor, for what the version has no place for.
std::string encodings_to_json(const EncodingsFile& file);

}  // namespace systole
