// export_folder.h: what lies where in an export's folder, beside the images.
#pragma once

#include <string>
#include <vector>

#include "model/tensor/safetensors.h"
#include "sim/image/manifest.h"

namespace systole {

std::string manifest_file(const std::string& directory);
/// The configuration that the images were exported for.
std::string run_file(const std::string& directory);
/// The bundle; a run from images reads its network.yaml alone.
std::string network_folder(const std::string& directory);
std::string network_yaml(const std::string& directory);
std::string golden_folder(const std::string& directory);
/// Tensors of the bundle that no memory has: samples, and constants of ops of the host.
std::string others_file(const std::string& directory);

/// Throws InputError when the folder has no manifest.
void expect_export(const std::string& directory);
/// Throws InputError when it is missing or no manifest.
Manifest read_manifest(const std::string& directory);

/// Throws InputError unless network.yaml, the golden trace and the other tensors are those that
/// the manifest was written with.
void check_companions(const std::string& directory, const Manifest& manifest);

std::vector<SafetensorsEntry> other_tensors(const std::string& directory);

/// "16x16, 9-bit activations, 9-bit weights, 32-bit scales".
std::string describe(const Geometry& geometry);

}  // namespace systole
