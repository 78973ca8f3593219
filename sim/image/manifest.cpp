// manifest.cpp: looks things up, and computes digests.
#include "sim/image/manifest.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "model/tensor/sha256.h"

namespace systole {

const StoredMemory* find_memory(const Manifest& manifest, MemoryKind kind) {
  const auto found = std::ranges::find(manifest.memories, kind, &StoredMemory::kind);
  return found == manifest.memories.end() ? nullptr : &*found;
}

const StoredTensor* find_tensor(const StoredMemory& memory, std::string_view op,
                                std::string_view name) {
  const auto found = std::ranges::find_if(memory.tensors, [&](const StoredTensor& stored) {
    return stored.tensor.op == op && stored.tensor.name == name;
  });
  return found == memory.tensors.end() ? nullptr : &*found;
}

std::size_t region_of(const StoredMemory& memory, const ImageTensor& tensor) {
  std::size_t r = 0;
  while (r + 1 < memory.regions.size() && memory.regions[r + 1].region.address <= tensor.address)
    ++r;
  return r;
}

std::string crc32_of(std::string_view bytes) {
  const auto* data = reinterpret_cast<const Bytef*>(bytes.data());
  return fmt::format("{:08x}", crc32_z(crc32_z(0, nullptr, 0), data, bytes.size()));
}

std::array<std::string, 2> digests_of(const std::vector<std::int64_t>& elements) {
  const std::string_view bytes(reinterpret_cast<const char*>(elements.data()),
                               elements.size() * sizeof(std::int64_t));
  return {crc32_of(bytes), sha256(bytes)};
}

}  // namespace systole
