// export.h: `systole export`: a network's memories as files, with all that is needed to check them.
#pragma once

#include <string>
#include <vector>

#include "flows/cli/run_config.h"
#include "sim/image/manifest.h"

namespace systole {

struct ExportRequest {
  RunConfig config;
  std::string layout;                         ///< A layout file; empty: that of the array.
  std::vector<std::string> layout_overrides;  ///< `key=value` of its keys.
  std::string out;                            ///< Folder; replaced whole where it is an export.
};

/// Writes the images, manifest.json, memory-map.md, memory-map.svg and memory-map.h, the integer
/// network, the golden trace of the inputs, and run.yaml. Throws InputError, and as
/// `design_geometry`.
Manifest export_images(const ExportRequest& request);

}  // namespace systole
