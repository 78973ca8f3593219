// trace.cpp: writes and reads traces.
#include "golden/trace.h"

#include <fmt/format.h>

#include <filesystem>

#include "golden/stored_type.h"
#include "golden/trace_json.h"
#include "model/config/error.h"
#include "model/config/nearest.h"
#include "model/network/staged_directory.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/mapped_file.h"
#include "model/tensor/safetensors.h"
#include "model/tensor/sha256.h"

namespace systole {
namespace {

std::string file_in(const std::string& directory, const std::string& name) {
  return (std::filesystem::path(directory) / name).string();
}

Trace read_entries(const std::string& directory) {
  const std::string path = file_in(directory, "trace.json");
  const MappedFile file(path);
  return trace_from_json(std::string(file.bytes()), path);
}

}  // namespace

void write_trace(const std::string& directory, const Trace& trace) {
  write_trace(directory, trace,
              [&](const std::string& name) -> const AnyTensor& { return trace.tensors.at(name); });
}

void write_trace(const std::string& directory, const Trace& trace, const TensorOf& tensor_of) {
  StagedDirectory staged(directory, {"trace.json", "tensors.safetensors"});
  std::vector<SafetensorsEntry> tensors;
  for (const TraceEntry& entry : trace.entries) {
    tensors.push_back(encode_stored(entry, tensor_of(entry.name)));
  }
  write_safetensors(staged.file("tensors.safetensors"), tensors);
  write_file_atomically(staged.file("trace.json"), trace_to_json(trace));
  staged.commit();
}

struct TraceReader::Impl {
  explicit Impl(const std::string& directory)
      : trace(read_entries(directory)), tensors(file_in(directory, "tensors.safetensors")) {
    for (const TraceEntry& entry : trace.entries) check(entry);
    if (tensors.names().size() != trace.entries.size())
      throw InputError({.where = tensors.path(),
                        .got = fmt::format("{} tensors", tensors.names().size()),
                        .expected = fmt::format("{}, as trace.json lists", trace.entries.size())});
  }

  void check(const TraceEntry& entry) const {
    const Shape& shape = tensors.shape(entry.name);
    if (shape != entry.shape)
      throw InputError({.where = tensors.path(),
                        .key = entry.name,
                        .got = to_string(shape),
                        .expected = to_string(entry.shape) + ", as trace.json says"});
  }

  Trace trace;  ///< Without tensors.
  SafetensorsFile tensors;
};

TraceReader::TraceReader(const std::string& directory) : impl_(std::make_unique<Impl>(directory)) {}
TraceReader::~TraceReader() = default;

const std::string& TraceReader::network() const { return impl_->trace.network; }
const std::string& TraceReader::network_hash() const { return impl_->trace.network_hash; }
const std::vector<TraceEntry>& TraceReader::entries() const { return impl_->trace.entries; }

AnyTensor TraceReader::read(const std::string& name) const {
  std::vector<std::string> names;
  for (const TraceEntry& entry : impl_->trace.entries) {
    names.push_back(entry.name);
    if (entry.name != name) continue;
    const std::string found = sha256(impl_->tensors.bytes(name));
    if (found != entry.sha256)
      throw InputError({.where = impl_->tensors.path(),
                        .key = name,
                        .got = "SHA-256 " + found,
                        .expected = entry.sha256 + ", as trace.json says",
                        .hint = "the file was changed after recording; record it again"});
    if (entry.is_float) return impl_->tensors.read_float(name);
    return impl_->tensors.read_int(name);
  }
  throw InputError({.where = impl_->tensors.path(),
                    .key = name,
                    .got = "no tensor of this name",
                    .expected = fmt::format("one of {}", names.size()),
                    .hint = did_you_mean(name, names)});
}

}  // namespace systole
