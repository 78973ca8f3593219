// verify_images.h: whether an export is whole, and holds what its bundle and golden trace hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/image/manifest.h"

namespace systole {

struct VerifiedMemory {
  MemoryKind kind = MemoryKind::kWeights;
  std::size_t files = 0;
  std::int64_t words = 0;
  std::size_t tensors = 0;
  std::int64_t elements = 0;  ///< Of tensors that were compared.
};

struct ImageReport {
  Manifest manifest;
  std::vector<VerifiedMemory> memories;
  bool has_bundle = false;  ///< Else tensors are compared with the manifest's digests alone.
  std::vector<std::string> problems;     ///< Damage: files, digests, addresses.
  std::vector<std::string> differences;  ///< Tensors that are not the bundle's or the trace's.

  std::int64_t elements() const;
};

/// Checks everything: the manifest's numbers, every file's size, digests and format, that all
/// formats agree, that places without elements hold the padding, every tensor's digests, and its
/// equality with the bundle's or the golden trace's. Goes on after damage. Throws InputError where
/// there is no manifest to go by, or the golden trace cannot be read.
ImageReport verify_images(const std::string& directory);

/// 2 with damage, 1 with differences or where nothing was compared, else 0.
int exit_code(const ImageReport& report);

std::string to_text(const ImageReport& report, const std::string& directory);
std::string to_json(const ImageReport& report);

}  // namespace systole
