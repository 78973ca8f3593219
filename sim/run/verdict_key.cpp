// verdict_key.cpp: lines of text, hashed.
#include "sim/run/verdict_key.h"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <cstring>
#include <map>
#include <string_view>

#include "model/network/op_digest.h"
#include "model/tensor/sha256.h"
#include "sim/bench/bench.h"
#include "sim/schedule/tasks.h"

namespace systole {
namespace {

std::string describe(const Geometry& geometry) {
  return fmt::format("geometry {} {} {} {} {} {} {} {} {}", geometry.rows, geometry.cols,
                     geometry.acc_depth, geometry.scale_bits, geometry.act_bits,
                     geometry.weight_bits, geometry.has_lanes, geometry.has_gemmlowp,
                     static_cast<std::uint32_t>(geometry.dataflow));
}

/// A failed op is never kept, and the watchdog decides what fails: it counts too.
std::string describe(const BenchOptions& bench) {
  return fmt::format("bench {} {} {} {} {} {}", bench.seed, bench.stall_rate, bench.stall_seed,
                     bench.watchdog, bench.poison, bench.reset);
}

std::string describe(const TraceEntry& entry) {
  return fmt::format("{} {} {}", entry.is_float ? "real" : to_string(entry.quantization.type),
                     to_string(entry.shape), entry.sha256);
}

/// Digests of a replay's parts, each computed once.
class Digests {
 public:
  explicit Digests(const ReplaySetup& setup) {
    for (const TraceEntry& entry : setup.golden.entries) tensors_[entry.name] = describe(entry);
    for (const Job& job : setup.jobs) {
      if (job.product) add(*job.product);
      if (job.quant) add(*job.quant);
    }
  }

  /// Ops, golden outputs and golden inputs of a job.
  std::string of(const Job& job) const {
    std::string text;
    for (const IntNode* node : {job.product, job.quant}) {
      if (!node) continue;
      text += fmt::format("op {} gives {}\n", ops_.at(node), tensors_.at(node->name));
      for (const std::string& input : node->inputs)
        text += fmt::format("input {}\n", tensors_.at(input));
    }
    return sha256(text);
  }

 private:
  void add(const IntNode& node) {
    if (!ops_.contains(&node)) ops_[&node] = op_digest(node);
  }

  std::map<std::string, std::string> tensors_;  ///< Of the golden trace.
  std::map<const IntNode*, std::string> ops_;
};

/// By job: a line per unit, which stands for it and all that came before it on its design.
std::vector<std::string> histories(const ReplaySetup& setup, const std::string& program) {
  const Digests digests(setup);
  Shapes shapes;
  for (const TraceEntry& entry : setup.golden.entries) shapes[entry.name] = entry.shape;
  const std::string fresh =
      sha256(fmt::format("systole verdict 1\n{}\n{}\n{}\n{}\n", program, setup.built.key,
                         describe(setup.geometry), describe(setup.bench)));
  std::vector<std::string> of_job;
  for (const Job& job : setup.jobs) of_job.push_back(digests.of(job));
  std::vector<std::string> histories(setup.jobs.size());
  std::size_t number = 0;
  for (const Task& task : make_tasks(setup.jobs, shapes, setup.geometry)) {
    std::string history = fresh;
    for (const Unit& unit : task.units) {
      const Region& region = unit.region;
      history = sha256(fmt::format("{}\n{}\n{} {} {} {} {}\n", history, of_job[unit.job], ++number,
                                   region.m, region.rows, region.channel, region.channels));
      histories[unit.job] += history + "\n";
    }
  }
  return histories;
}

int take_build_id(dl_phdr_info* object, std::size_t, void* id) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const char* note = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
    const char* const end = note + segment.p_memsz;
    while (note + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) header;
      std::memcpy(&header, note, sizeof header);
      const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
      const char* name = note + sizeof header;
      const char* value = name + padded(header.n_namesz);
      if (header.n_type == NT_GNU_BUILD_ID && std::string_view(name, 3) == "GNU")
        static_cast<std::string*>(id)->assign(value, header.n_descsz);
      note = value + padded(header.n_descsz);
    }
  }
  return 1;  // The first object is the program itself; libraries follow.
}

}  // namespace

std::vector<VerdictGroup> verdict_groups(const ReplaySetup& setup, const std::string& program) {
  const std::vector<std::string> histories = systole::histories(setup, program);
  std::vector<VerdictGroup> groups;
  std::map<const IntNode*, std::size_t> group_of;  // By the group's first op.
  for (std::size_t j = 0; j < setup.jobs.size(); ++j) {
    const Job& job = setup.jobs[j];
    const IntNode* first = job.product ? job.product : job.quant;
    const auto [found, is_new] = group_of.emplace(first, groups.size());
    if (is_new) groups.push_back({{first}, ""});
    VerdictGroup& group = groups[found->second];
    if (job.product && job.quant) group.ops.push_back(job.quant);
    group.key += fmt::format("job {} {}\n{}", job.product ? job.product->name : "",
                             job.quant ? job.quant->name : "", histories[j]);
  }
  for (VerdictGroup& group : groups) group.key = sha256(group.key);
  return groups;
}

std::string program_digest() {
  std::string id;
  dl_iterate_phdr(take_build_id, &id);
  return (id.empty() ? sha256_of_file("/proc/self/exe") : sha256(id)) + " " +
         Bench::systemc_version();
}

}  // namespace systole
