// manifest_check.h: whether a manifest's numbers agree with one another; for manifest_json.cpp.
#pragma once

#include <string>

#include "sim/image/manifest.h"

namespace systole {

/// Throws InputError as `manifest_from_json` says.
void check_manifest(const Manifest& manifest, const std::string& file);

}  // namespace systole
