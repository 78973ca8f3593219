// export.h: `systole export`: a network's memories as files, with all that is needed to check them.
#pragma once

#include <cstdint>
#include <optional>
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
  bool stimulus = false;                      ///< Beats of ops for other benches, too.
  std::string op_pattern;                     ///< Of the ops with stimulus; empty: all.
  std::optional<std::int64_t> tile;           ///< Stimulus of one output tile of each op only.
};

/// Writes the images, manifest.json, memory-map.md, memory-map.svg and memory-map.h, the integer
/// network, the golden trace of the inputs, and run.yaml. Throws InputError, and as
/// `design_geometry`.
Manifest export_images(const ExportRequest& request);

/// Writes operands and sums of every product as Torch2Chip does (flows/export/torch2chip.h), .pt
/// files too where python3 has torch. Returns whether it has. Throws InputError.
bool export_torch2chip(const RunConfig& config, const std::string& out);

}  // namespace systole
