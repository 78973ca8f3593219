// reproducer.cpp: settings, a bundle, a README.
#include "flows/cli/reproducer.h"

#include <fmt/format.h>

#include <filesystem>

#include "flows/cli/run_yaml.h"
#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/tensor/atomic_file.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSet = "test";

std::string readme(const Reproducer& reproducer) {
  return fmt::format(
      "# {}\n\n{}\n\nRun it in this directory:\n\n    systole run run.yaml\n\n"
      "`run.yaml` names the design by its absolute path, so the run judges what is there now: it "
      "ends with\nexit status 0 once the design is right. `bundle/` holds the network and its "
      "inputs; `systole show\nbundle` prints it.\n",
      reproducer.network.name, reproducer.about);
}

}  // namespace

std::string run_yaml(const Reproducer& reproducer) {
  return run_yaml({.comment = "README.md says what differs.",
                   .network = "bundle",
                   .count = reproducer.inputs.begin()->second.shape[0],
                   .allow_wrap = reproducer.allow_wrap,
                   .dut = reproducer.dut,
                   .bench = reproducer.bench});
}

void write_reproducer(const std::string& directory, const Reproducer& reproducer) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error)
    throw InputError({.where = directory,
                      .got = error.message(),
                      .expected = "a folder that can be written, for a reproducer"});
  Bundle bundle;
  bundle.network = reproducer.network;
  bundle.description = reproducer.about;
  SampleSet& samples = bundle.samples[kSet];
  for (const auto& [name, tensor] : reproducer.inputs) samples.inputs[name] = tensor;
  write_bundle(directory + "/bundle", bundle);
  write_file_atomically(directory + "/README.md", readme(reproducer));
  write_file_atomically(directory + "/run.yaml", run_yaml(reproducer));
}

}  // namespace systole
