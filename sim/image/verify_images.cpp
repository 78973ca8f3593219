// verify_images.cpp: files -> words -> elements -> tensors, each against what says what it must be.
#include "sim/image/verify_images.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "golden/trace.h"
#include "sim/image/decode.h"
#include "sim/image/export_folder.h"
#include "sim/image/load_images.h"

namespace systole {
namespace {

std::int64_t count_differences(const SafetensorsEntry& got, std::string_view expected) {
  const auto size = static_cast<std::size_t>(dtype_bytes(got.dtype));
  std::int64_t differences = 0;
  for (std::size_t at = 0; at < got.bytes.size(); at += size)
    differences += got.bytes.compare(at, size, expected.substr(at, size)) != 0;
  return differences;
}

class Verifier {
 public:
  Verifier(const std::string& directory, ImageReport& report)
      : directory_(directory), report_(report), golden_(golden_folder(directory)) {
    const std::string tensors = network_folder(directory) + "/tensors.safetensors";
    if (!std::filesystem::exists(tensors)) return;
    bundle_.emplace(tensors);
    report_.has_bundle = true;
  }

  void run() {
    attempt([&] { check_companions(directory_, report_.manifest); });
    check_network_hash();
    for (const StoredMemory& memory : report_.manifest.memories) {
      VerifiedMemory verified{.kind = memory.kind, .words = memory.words};
      for (const FileRegion& region : memory.regions) verified.files += region.files.size();
      attempt([&] { check_memory(memory, verified); });
      report_.memories.push_back(verified);
    }
    if (bundle_) attempt([&] { check_completeness(); });
  }

 private:
  /// What `check` throws is one of the problems.
  template <class Check>
  void attempt(const Check& check) {
    try {
      check();
    } catch (const InputError& error) {
      report_.problems.emplace_back(error.what());
    }
  }

  void check_network_hash() {
    if (golden_.network_hash() != report_.manifest.network_hash)
      report_.problems.push_back(fmt::format(
          "{}: the golden trace is of network {}, the manifest of {}; export again",
          golden_folder(directory_), golden_.network_hash(), report_.manifest.network_hash));
  }

  void check_memory(const StoredMemory& memory, VerifiedMemory& verified) {
    const RegionWords words = load_memory(directory_, memory, FileChecks::kEveryFile);
    check_gaps(memory, words);
    for (const StoredTensor& stored : memory.tensors)
      attempt([&] {
        verified.elements += check_tensor(memory, stored, words);
        ++verified.tensors;
      });
  }

  /// Words of a region that no tensor has are 0.
  void check_gaps(const StoredMemory& memory, const RegionWords& words) {
    auto stored = memory.tensors.begin();
    for (std::size_t r = 0; r < words.size(); ++r) {
      std::int64_t address = memory.regions[r].region.address;
      const std::int64_t end = address + memory.regions[r].region.words;
      for (; stored != memory.tensors.end() && stored->tensor.address < end; ++stored) {
        expect_zeros(memory, words[r], r, address, stored->tensor.address);
        address = stored->tensor.address + stored->tensor.words;
      }
      expect_zeros(memory, words[r], r, address, end);
    }
  }

  void expect_zeros(const StoredMemory& memory, const Words& words, std::size_t region,
                    std::int64_t address, std::int64_t end) {
    for (; address < end; ++address)
      for (const std::uint8_t byte :
           words.word(static_cast<std::size_t>(address - memory.regions[region].region.address)))
        if (byte != 0)
          throw InputError({.where = {directory_},
                            .key = to_string(memory.kind),
                            .got = fmt::format("something at address {:#x}", address),
                            .expected = "0 between tensors",
                            .hint = "export again"});
  }

  /// The number of compared elements.
  std::int64_t check_tensor(const StoredMemory& memory, const StoredTensor& stored,
                            const RegionWords& words) {
    const ImageTensor& tensor = stored.tensor;
    const std::vector<std::int64_t> elements = read_elements(words, memory, tensor);
    const auto [crc, sha] = digests_of(elements);
    if (crc != stored.crc32 || sha != stored.sha256)
      throw InputError({.where = {manifest_file(directory_)},
                        .key = fmt::format("{} of {}", tensor.name, tensor.op),
                        .got = fmt::format("elements of CRC-32 {}", crc),
                        .expected = fmt::format("{} and the SHA-256 of the manifest", stored.crc32),
                        .hint = "the memory holds another tensor; export again"});
    if (tensor.source.tensor.empty()) return 0;
    const SafetensorsEntry entry = decode(tensor, elements);
    if (memory.kind == MemoryKind::kActivations || memory.kind == MemoryKind::kExpected)
      return compare(tensor, entry, golden_bytes(tensor));
    stored_.insert(entry.name);
    if (!bundle_) return 0;
    if (bundle_->shape(entry.name) != entry.shape || bundle_->dtype(entry.name) != entry.dtype)
      throw InputError({.where = {bundle_->path()},
                        .key = entry.name,
                        .got = to_string(entry.shape),
                        .expected = to_string(bundle_->shape(entry.name))});
    return compare(tensor, entry, bundle_->bytes(entry.name));
  }

  std::string golden_bytes(const ImageTensor& tensor) const {
    const IntTensor golden = integers(golden_.read(tensor.source.tensor));
    return decode(tensor, {golden.data.begin(), golden.data.end()}).bytes;
  }

  std::int64_t compare(const ImageTensor& tensor, const SafetensorsEntry& got,
                       std::string_view expected) {
    const std::int64_t count = element_count(got.shape);
    if (const std::int64_t different = count_differences(got, expected))
      report_.differences.push_back(fmt::format("{} of {}: {} of {} elements differ", tensor.name,
                                                tensor.op, different, count));
    return count;
  }

  void check_completeness() {
    for (const SafetensorsEntry& entry : other_tensors(directory_)) {
      if (!bundle_->contains(entry.name) || bundle_->bytes(entry.name) != entry.bytes)
        report_.differences.push_back(entry.name + " of others.safetensors differs");
      stored_.insert(entry.name);
    }
    for (const std::string& name : bundle_->names())
      if (!stored_.contains(name))
        throw InputError({.where = {manifest_file(directory_)},
                          .key = name,
                          .got = "no memory that holds it whole",
                          .expected = "every tensor of the bundle in a memory or in "
                                      "others.safetensors",
                          .hint = "export again"});
  }

  const std::string& directory_;
  ImageReport& report_;
  TraceReader golden_;
  std::optional<SafetensorsFile> bundle_;
  std::set<std::string> stored_;
};

}  // namespace

std::int64_t ImageReport::elements() const {
  std::int64_t elements = 0;
  for (const VerifiedMemory& memory : memories) elements += memory.elements;
  return elements;
}

ImageReport verify_images(const std::string& directory) {
  ImageReport report;
  report.manifest = read_manifest(directory);
  Verifier(directory, report).run();
  return report;
}

int exit_code(const ImageReport& report) {
  if (!report.problems.empty()) return 2;
  return report.differences.empty() && report.elements() > 0 ? 0 : 1;
}

std::string to_text(const ImageReport& report, const std::string& directory) {
  const Manifest& manifest = report.manifest;
  std::string text = fmt::format("{} for {}, layout {}, in {}\n\n{:<14}{:>7}{:>10}{:>9}{:>12}\n",
                                 manifest.network, describe(manifest.geometry), manifest.layout,
                                 directory, "memory", "files", "words", "tensors", "compared");
  for (const VerifiedMemory& memory : report.memories)
    text += fmt::format("{:<14}{:>7}{:>10}{:>9}{:>12}\n", to_string(memory.kind), memory.files,
                        memory.words, memory.tensors, memory.elements);
  text += "\n";
  for (const std::string& problem : report.problems) text += "damaged: " + problem + "\n";
  for (const std::string& difference : report.differences) text += "differs: " + difference + "\n";
  if (!report.has_bundle)
    text +=
        "network/tensors.safetensors is not there: weights and parameters are compared with "
        "the manifest's digests alone\n";
  const int code = exit_code(report);
  return text + (code == 0   ? fmt::format("match: {} elements\n", report.elements())
                 : code == 1 ? fmt::format("mismatch: {} elements compared\n", report.elements())
                             : "bad input: these images must not be used\n");
}

std::string to_json(const ImageReport& report) {
  nlohmann::ordered_json json = {{"format", "systole-verify-images"},
                                 {"version", 1},
                                 {"network", report.manifest.network},
                                 {"exit_code", exit_code(report)},
                                 {"compared", report.elements()},
                                 {"bundle", report.has_bundle},
                                 {"memories", nlohmann::ordered_json::array()},
                                 {"problems", report.problems},
                                 {"differences", report.differences}};
  for (const VerifiedMemory& memory : report.memories)
    json["memories"].push_back({{"name", to_string(memory.kind)},
                                {"files", memory.files},
                                {"words", memory.words},
                                {"tensors", memory.tensors},
                                {"compared", memory.elements}});
  return json.dump(2) + "\n";
}

}  // namespace systole
