// load_images.h: the words of a memory out of an export's files, and its tensors out of the words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/image/manifest.h"

namespace systole {

/// What is checked of an export's files.
enum class FileChecks {
  kOneFormat,  ///< Size and CRC-32 of the files of the first format, as a loader would.
  kEveryFile,  ///< And SHA-256, of all formats, which must hold the same words.
};

/// The words of each of a memory's regions. Throws InputError, naming the file, when one is
/// missing, cut, damaged, or of another place than the manifest says.
using RegionWords = std::vector<Words>;
RegionWords load_memory(const std::string& directory, const StoredMemory& memory,
                        FileChecks checks);

/// The words of one tensor among those of its memory.
std::span<const std::uint8_t> tensor_bytes(const RegionWords& words, const StoredMemory& memory,
                                           const ImageTensor& tensor);

/// Its elements. Throws InputError as unpack_tensor() does.
std::vector<std::int64_t> read_elements(const RegionWords& words, const StoredMemory& memory,
                                        const ImageTensor& tensor);

}  // namespace systole
