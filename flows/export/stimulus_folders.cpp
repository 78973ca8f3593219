// stimulus_folders.cpp: a job after the other, so that one's texts are in memory at a time.
#include "flows/export/stimulus_folders.h"

#include <fmt/format.h>

#include <set>

#include "model/network/names.h"
#include "model/network/staged_directory.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/mapped_file.h"
#include "sim/dut/config.h"
#include "sim/image/stimulus.h"
#include "sim/schedule/layout.h"

namespace systole {
namespace {

constexpr const char* kBench = "systole_stimulus_tb.sv";

StimulusFile read_bench() {
  const std::string path = source_root() / "flows/export/testbench" / kBench;
  return {kBench, std::string(MappedFile(path).bytes())};
}

std::string folder_name(const Job& job, std::size_t number, std::optional<std::int64_t> tile) {
  const std::string name = fmt::format("{:03}_{}", number, file_text(job.last().name));
  return tile ? fmt::format("{}.tile{}", name, *tile) : name;
}

void write_folder(const std::string& path, const std::vector<StimulusFile>& files) {
  std::set<std::string> names;
  for (const StimulusFile& file : files) names.insert(file.name);
  StagedDirectory staged(path, names);
  for (const StimulusFile& file : files) write_file_atomically(staged.file(file.name), file.text);
  staged.commit();
}

}  // namespace

std::vector<std::string> write_stimulus(const std::string& directory, const std::vector<Job>& jobs,
                                        const AnyTensors& golden, const Geometry& geometry,
                                        std::optional<std::int64_t> tile) {
  const StimulusFile bench = read_bench();
  std::vector<std::string> folders;
  for (const Job& job : jobs) {
    const Shape& x = shape_of(golden.at(input_of(job)));
    const Region region = tile ? tile_region(job, x, geometry, *tile) : first_sample(job, x);
    std::vector<StimulusFile> files = make_stimulus(job, golden, geometry, region);
    files.push_back(bench);
    folders.push_back(folder_name(job, folders.size(), tile));
    write_folder(directory + "/" + folders.back(), files);
  }
  return folders;
}

}  // namespace systole
