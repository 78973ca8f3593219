// export_folder.cpp: names of files, and whether they belong together.
#include "sim/image/export_folder.h"

#include <fmt/format.h>

#include <filesystem>

#include "model/tensor/mapped_file.h"
#include "model/tensor/sha256.h"

namespace systole {
namespace {

void check_hash(const std::string& file, const std::string& expected) {
  const std::string got = sha256_of_file(file);
  if (got != expected)
    throw InputError({.where = {file},
                      .key = "SHA-256",
                      .got = got,
                      .expected = expected + " of the manifest",
                      .hint = "the file is another network's or was changed; export again"});
}

}  // namespace

std::string manifest_file(const std::string& directory) { return directory + "/" + kManifestFile; }
std::string run_file(const std::string& directory) { return directory + "/run.yaml"; }
std::string network_folder(const std::string& directory) { return directory + "/network"; }
std::string network_yaml(const std::string& directory) {
  return network_folder(directory) + "/network.yaml";
}
std::string golden_folder(const std::string& directory) { return directory + "/golden"; }
std::string others_file(const std::string& directory) { return directory + "/others.safetensors"; }

void expect_export(const std::string& directory) {
  if (!std::filesystem::exists(manifest_file(directory)))
    throw InputError({.where = {manifest_file(directory)},
                      .got = "no such file",
                      .expected = "the manifest of memory images",
                      .hint = "give the folder that `systole export` wrote"});
}

Manifest read_manifest(const std::string& directory) {
  expect_export(directory);
  const std::string file = manifest_file(directory);
  return manifest_from_json(std::string(MappedFile(file).bytes()), file);
}

void check_companions(const std::string& directory, const Manifest& manifest) {
  check_hash(network_yaml(directory), manifest.graph_hash);
  check_hash(golden_folder(directory) + "/trace.json", manifest.golden_hash);
  check_hash(others_file(directory), manifest.others_hash);
}

std::vector<SafetensorsEntry> other_tensors(const std::string& directory) {
  const SafetensorsFile file(others_file(directory));
  std::vector<SafetensorsEntry> tensors;
  for (const std::string& name : file.names())
    tensors.push_back({name, file.dtype(name), file.shape(name), std::string(file.bytes(name))});
  return tensors;
}

std::string describe(const Geometry& geometry) {
  return fmt::format("{}x{}{}, {}-bit activations, {}-bit weights, {}-bit scales{}", geometry.rows,
                     geometry.cols,
                     geometry.dataflow == Dataflow::kOutputStationary ? " output-stationary" : "",
                     geometry.act_bits, geometry.weight_bits, geometry.scale_bits,
                     geometry.has_gemmlowp ? ", two roundings" : "");
}

}  // namespace systole
