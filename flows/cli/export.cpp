// export.cpp: network, golden trace, layout, images, manifest, in one staged folder.
#include "flows/cli/export.h"

#include <filesystem>
#include <set>

#include "flows/cli/design_geometry.h"
#include "flows/cli/prepare.h"
#include "flows/cli/program.h"
#include "flows/cli/run_yaml.h"
#include "flows/export/stimulus_folders.h"
#include "flows/export/torch2chip.h"
#include "model/config/error.h"
#include "model/network/staged_directory.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/sha256.h"
#include "sim/dut/builder.h"
#include "sim/image/export_folder.h"
#include "sim/image/memory_map.h"
#include "sim/image/write_images.h"
#include "sim/run/select.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

std::set<std::string> entries_of_export() {
  std::set<std::string> names = {kManifestFile,  "memory-map.md",      "memory-map.svg",
                                 "memory-map.h", "run.yaml",           "network",
                                 "golden",       "others.safetensors", "stimulus"};
  for (const char* memory : kMemoryNames) names.insert(memory);
  return names;
}

ImageLayout read_layout(const ExportRequest& request, const Geometry& geometry, int weight_bits) {
  const std::string file = request.layout.empty()
                               ? (source_root() / "configs/layouts/default.yaml").string()
                               : request.layout;
  return parse_image_layout(Settings::load(file, image_layout_keys(), request.layout_overrides,
                                           {"--layout-set", "systole explain --layout"}),
                            geometry, weight_bits);
}

/// The network with the run's inputs as its samples, whose trace is the golden one.
Bundle bundle_of(const Prepared& prepared, const Inputs& inputs) {
  Bundle bundle = prepared.bundle;
  bundle.samples = {{"test", {inputs.tensors, {}}}};
  return bundle;
}

/// What the bundle has and no memory.
void write_others(const std::string& folder, const Manifest& manifest) {
  std::set<std::string> stored;
  for (const StoredMemory& memory : manifest.memories)
    if (memory.kind == MemoryKind::kWeights || memory.kind == MemoryKind::kParameters)
      for (const StoredTensor& tensor : memory.tensors) stored.insert(tensor.tensor.source.tensor);
  const SafetensorsFile file(network_folder(folder) + "/tensors.safetensors");
  std::vector<SafetensorsEntry> others;
  for (const std::string& name : file.names())
    if (!stored.contains(name))
      others.push_back({name, file.dtype(name), file.shape(name), std::string(file.bytes(name))});
  write_safetensors(others_file(folder), others);
}

void write_texts(const std::string& folder, const std::vector<ImageText>& texts) {
  for (const char* memory : kMemoryNames) fs::create_directory(fs::path(folder) / memory);
  for (const ImageText& text : texts) write_file_atomically(folder + "/" + text.path, text.text);
  for (const char* memory : kMemoryNames)
    if (fs::is_empty(fs::path(folder) / memory)) fs::remove(fs::path(folder) / memory);
}

}  // namespace

Manifest export_images(const ExportRequest& request) {
  const RunConfig& config = request.config;
  const Prepared prepared = prepare(config, false);
  const IntNetwork& network = prepared.network();
  const Inputs inputs = make_inputs(network, prepared.bundle.samples, config.inputs);
  const Geometry geometry = design_geometry(config.dut);

  StagedDirectory staged(request.out, entries_of_export());
  const std::string folder = fs::path(staged.file(kManifestFile)).parent_path().string();
  const std::string hash = write_bundle(network_folder(folder), bundle_of(prepared, inputs));
  const Trace golden = record_trace(network, hash, inputs.tensors);
  write_trace(golden_folder(folder), golden);
  const std::string yaml = run_yaml({.comment = "systole run --from-images THIS_FOLDER",
                                     .network = "network",
                                     .count = shape_of(inputs.tensors.begin()->second)[0],
                                     .allow_wrap = config.allow_wrap,
                                     .dut = config.dut,
                                     .bench = config.bench});
  write_file_atomically(staged.file("run.yaml"), yaml);

  Plan plan = plan_jobs(network, geometry);
  fix_pack_groups(plan, golden, geometry);
  const ImageLayout layout = read_layout(request, geometry, narrowest_weight_bits(plan, geometry));
  Manifest manifest{.systole = SYSTOLE_VERSION,
                    .network = network.name,
                    .network_hash = hash,
                    .config_hash = sha256(yaml),
                    .graph_hash = sha256_of_file(network_yaml(folder)),
                    .golden_hash = sha256_of_file(golden_folder(folder) + "/trace.json"),
                    .layout = layout.name,
                    .c_alignment = layout.c_alignment,
                    .geometry = geometry};
  write_texts(folder, make_images({network, plan, golden, geometry}, layout, manifest));
  if (manifest.memories.empty())
    throw InputError({.where = {config.file},
                      .key = "memories",
                      .got = "none to write",
                      .expected = "a layout that includes one, and ops that the array computes"});
  if (request.stimulus)
    write_stimulus(staged.file("stimulus"), select_jobs(plan, request.op_pattern), golden.tensors,
                   geometry, request.tile);
  write_others(folder, manifest);
  manifest.others_hash = sha256_of_file(others_file(folder));
  write_file_atomically(staged.file("memory-map.md"), memory_map_text(manifest));
  write_file_atomically(staged.file("memory-map.svg"), memory_map_svg(manifest));
  write_file_atomically(staged.file("memory-map.h"), memory_map_header(manifest));
  write_file_atomically(staged.file(kManifestFile), to_json(manifest));
  staged.commit();
  return manifest;
}

bool export_torch2chip(const RunConfig& config, const std::string& out) {
  const Prepared prepared = prepare(config, false);
  const Inputs inputs = make_inputs(prepared.network(), prepared.bundle.samples, config.inputs);
  write_torch2chip(out, prepared.network(), record_trace(prepared.network(), "", inputs.tensors));
  const Scratch scratch;
  const std::string script = (source_root() / "flows/export/to_pt.py").string();
  const int status = run_measured({"python3", script, out + "/tensors"}, scratch.file("said"),
                                  "python3, which writes .pt files", "install python3")
                         .status;
  constexpr int kNoTorch = 3;  // As the script says.
  if (status != 0 && status != kNoTorch)
    throw InputError({.where = {out + "/tensors"},
                      .got = "an error while .pt files were written",
                      .expected = "room for them",
                      .hint = "the .npy files are complete"});
  return status == 0;
}

}  // namespace systole
