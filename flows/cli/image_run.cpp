// image_run.cpp: manifest -> words -> tensors -> network.
#include "flows/cli/image_run.h"

#include <fmt/format.h>

#include <filesystem>

#include "flows/cli/program.h"
#include "model/config/error.h"
#include "model/network/check.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/mapped_file.h"
#include "model/tensor/safetensors.h"
#include "sim/image/decode.h"
#include "sim/image/export_folder.h"

namespace systole {

namespace fs = std::filesystem;

namespace {

/// The tensor that tells a product's pack width: its weights, or its parameters where these are all
/// that is stored.
const StoredTensor* find_ordered(const Job& job, const LoadedMemory* weights,
                                 const LoadedMemory* parameters) {
  if (!job.product) return nullptr;
  if (job.columns == 0)
    return weights ? find_tensor(*weights->memory, job.product->name, "weight") : nullptr;
  return job.quant && parameters ? find_tensor(*parameters->memory, job.quant->name, "scale")
                                 : nullptr;
}

}  // namespace

StoredOf stored_of(const ImageBeatsOf& beats) {
  if (beats.empty()) return {};
  return [&beats](const Job& job) -> const StoredBeats* {
    return beats.at({job.product, job.quant}).get();
  };
}

ImageRun::ImageRun(const std::string& directory)
    : directory_(directory), manifest_(read_manifest(directory)) {
  check_companions(directory, manifest_);
  memories_.reserve(2);
  for (const MemoryKind kind : {MemoryKind::kWeights, MemoryKind::kParameters})
    if (const StoredMemory* stored = find_memory(manifest_, kind))
      memories_.push_back({stored, load_memory(directory, *stored, FileChecks::kOneFormat)});
  load_network();
}

/// The bundle as it was exported, its tensors put together from words.
void ImageRun::load_network() {
  std::vector<SafetensorsEntry> tensors = other_tensors(directory_);
  for (const LoadedMemory& loaded : memories_)
    for (const StoredTensor& stored : loaded.memory->tensors)
      if (!stored.tensor.source.tensor.empty())
        tensors.push_back(
            decode(stored.tensor, read_elements(loaded.words, *loaded.memory, stored.tensor)));
  const Scratch scratch;
  write_safetensors(scratch.file("tensors.safetensors"), tensors);
  write_file_atomically(scratch.file("network.yaml"), MappedFile(network_yaml(directory_)).bytes());
  prepared_.bundle = load_bundle(fs::path(scratch.file("network.yaml")).parent_path().string());
  check_network(int_network(prepared_.bundle, directory_), {true});
}

Trace ImageRun::golden() const {
  const TraceReader reader(golden_folder(directory_));
  if (reader.network_hash() != manifest_.network_hash)
    throw InputError({.where = {golden_folder(directory_)},
                      .key = "network_hash",
                      .got = reader.network_hash(),
                      .expected = manifest_.network_hash + " of the manifest",
                      .hint = "the trace is another network's; export again"});
  Trace golden{reader.network(), reader.network_hash(), reader.entries(), {}};
  for (const TraceEntry& entry : golden.entries)
    golden.tensors[entry.name] = reader.read(entry.name);
  return golden;
}

std::string ImageRun::description() const {
  return fmt::format("those of the images in {}", directory_);
}

const LoadedMemory* ImageRun::memory(MemoryKind kind) const {
  for (const LoadedMemory& loaded : memories_)
    if (loaded.memory->kind == kind) return &loaded;
  return nullptr;
}

ImageBeatsOf ImageRun::beats_of(Plan& plan, const Trace& golden, const Geometry& geometry) const {
  if (geometry != manifest_.geometry)
    throw InputError({.where = {manifest_file(directory_)},
                      .key = "array",
                      .got = describe(manifest_.geometry),
                      .expected = describe(geometry) + ", the design",
                      .hint = "export for this design"});
  const LoadedMemory* weights = memory(MemoryKind::kWeights);
  const LoadedMemory* parameters = memory(MemoryKind::kParameters);
  ImageBeatsOf beats;
  for (Job& job : plan.jobs) {
    if (const StoredTensor* ordered = find_ordered(job, weights, parameters))
      if (ordered->tensor.order) job.pack_groups = ordered->tensor.order->pack_groups;
    const Shape& x = shape_of(golden.tensors.at(input_of(job)));
    const Layout layout = make_layout(job, x, geometry, whole(job, x));
    beats[{job.product, job.quant}] = std::make_shared<ImageBeats>(layout, weights, parameters);
  }
  return beats;
}

}  // namespace systole
