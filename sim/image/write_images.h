// write_images.h: a network's memories as the texts of their files, and the manifest of them.
#pragma once

#include <string>
#include <vector>

#include "sim/image/manifest.h"

namespace systole {

struct ImageText {
  std::string path;  ///< In the export's folder.
  std::string text;
};

/// Fills `manifest.memories`, whose other fields are the caller's, and returns the files, in the
/// order of the manifest. Equal arguments give equal bytes. Throws InputError on what the layout
/// cannot hold.
std::vector<ImageText> make_images(const ContentSources& sources, const ImageLayout& layout,
                                   Manifest& manifest);

}  // namespace systole
