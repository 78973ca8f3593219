// manifest.h: what an export holds, as manifest.json says it: enough for anybody's loader.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/image/contents.h"
#include "sim/image/placing.h"

namespace systole {

inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kManifestFormat = "systole-images";
inline constexpr int kManifestVersion = 1;

/// One file: a region, or the part of it that lies in one bank and lane.
struct ImageFile {
  std::string path;  ///< In the export's folder.
  ImageFormat format = ImageFormat::kHex;
  int bank = 0;
  int lane = 0;
  int word_bits = 0;
  std::int64_t address = 0;  ///< Of the first word, in its bank.
  std::int64_t words = 0;
  std::int64_t bytes = 0;
  std::string crc32;   ///< Of the file (zlib's polynomial), 8 hexadecimal digits.
  std::string sha256;  ///< Of the file.
};

struct FileRegion {
  ImageRegion region;
  std::vector<ImageFile> files;  ///< Of every format, bank and lane.
};

/// A tensor with the digests of its elements as 64-bit integers, little endian, in the memory's
/// order.
struct StoredTensor {
  ImageTensor tensor;
  std::string crc32;
  std::string sha256;
};

struct StoredMemory {
  MemoryKind kind = MemoryKind::kWeights;
  MemoryLayout layout;
  std::int64_t words = 0;  ///< From the base on, the last tensor's included.
  std::vector<FileRegion> regions;
  std::vector<StoredTensor> tensors;

  /// Words that the memory has from its base on.
  std::int64_t depth() const { return layout.depth ? layout.depth : words; }
};

struct Manifest {
  std::string systole;  ///< The version that wrote it.
  std::string network;
  std::string network_hash;  ///< Of the bundle (network/).
  std::string config_hash;   ///< SHA-256 of run.yaml.
  std::string graph_hash;    ///< SHA-256 of network/network.yaml.
  std::string golden_hash;   ///< SHA-256 of golden/trace.json.
  std::string others_hash;   ///< SHA-256 of others.safetensors.
  std::string layout;        ///< Its name.
  int c_alignment = 8;
  Geometry geometry;
  std::vector<StoredMemory> memories;
};

const StoredMemory* find_memory(const Manifest& manifest, MemoryKind kind);
const StoredTensor* find_tensor(const StoredMemory& memory, std::string_view op,
                                std::string_view name);

/// The region that holds a tensor: the last one that begins at or before it.
std::size_t region_of(const StoredMemory& memory, const ImageTensor& tensor);

/// 8 hexadecimal digits.
std::string crc32_of(std::string_view bytes);
/// CRC-32 and SHA-256 of a tensor's elements.
std::array<std::string, 2> digests_of(const std::vector<std::int64_t>& elements);

std::string to_json(const Manifest& manifest);

/// The inverse. Throws InputError, naming `file`, on what is no manifest of this version, and on
/// numbers that contradict one another: sizes, addresses past the end of a memory, tensors that
/// overlap or lie in no file, files that overlap or have a path out of the folder.
Manifest manifest_from_json(const std::string& text, const std::string& file);

}  // namespace systole
