// recipe.cpp: flags of Verilator and the compiler, and the first-level key.
#include "sim/dut/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "model/config/error.h"
#include "model/tensor/sha256.h"
#include "sim/dut/abi.h"
#include "sim/dut/digest.h"

namespace systole::dut {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 2;  // Raised when an entry's content or a build step changes.

/// Collects what a key covers as labelled lines.
class KeyText {
 public:
  void add(const std::string& label, const std::string& value) {
    text_ += fmt::format("{} {}:{}\n", label, value.size(), value);
  }
  void add(const std::string& label, const std::vector<std::string>& values) {
    for (const std::string& value : values) add(label, value);
  }
  std::string key() const { return sha256(text_); }

 private:
  std::string text_;
};

/// Model and features of the first processor: what -march=native depends on.
void add_cpu(KeyText& text) {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line) && !line.empty();) {
    for (const char* field : {"vendor_id", "cpu family", "model", "stepping", "flags"}) {
      if (line.starts_with(field)) text.add("cpu", line);
    }
  }
}

/// Verilator's headers and the runtime's sources.
void add_runtime(KeyText& text, const fs::path& runtime) {
  std::set<fs::path> files;
  for (const fs::path& folder : {runtime, runtime / "vltstd", runtime / "gtkwave"}) {
    std::error_code error;
    for (const fs::directory_entry& file : fs::directory_iterator(folder, error)) {
      const fs::path extension = file.path().extension();
      if (extension == ".h" || extension == ".cpp" || extension == ".c") files.insert(file.path());
    }
  }
  if (files.empty()) {
    throw InputError({.where = {runtime.string()},
                      .key = "verilator",
                      .got = "no runtime headers",
                      .expected = "Verilator's include folder",
                      .hint = "check VERILATOR_ROOT"});
  }
  for (const fs::path& file : files) text.add(file.filename().string(), digest_of_file(file));
}

std::vector<std::string> make_verilator_flags(const DutConfig& config) {
  std::vector<std::string> flags = {"--cc",        "--assert",     "--x-assign", "unique",
                                    "--x-initial", "unique",       "-Wno-fatal", "--prefix",
                                    "Vdut",        "--top-module", config.top,   "-O3"};
  for (const auto& [name, value] : config.parameters)
    flags.push_back(fmt::format("-G{}={}", name, value));
  const auto add = [&](const std::vector<std::string>& more) {
    flags.insert(flags.end(), more.begin(), more.end());
  };
  switch (config.instrument) {
    case Instrument::kNone:
      break;
    case Instrument::kTrace:
      // Arrays of PEs are shown, memories are not: the least depth that the array's sizes need.
      add({"--trace-fst", "--trace-structs", "--trace-max-array", "64", "--trace-max-width",
           "4096"});
      break;
    case Instrument::kCoverage:
      add({"--coverage-line", "--coverage-toggle"});
      break;
  }
  return flags;
}

std::vector<std::string> common_flags(Instrument instrument) {
  const auto define = [](const char* name, bool value) {
    return fmt::format("-D{}={}", name, value ? 1 : 0);
  };
  const bool traces = instrument == Instrument::kTrace;
  return {"-std=c++20",
          "-march=native",
          "-fPIC",
          "-fvisibility=hidden",
          "-faligned-new",
          "-fcf-protection=none",
          "-w",
          define("VM_COVERAGE", instrument == Instrument::kCoverage),
          "-DVM_SC=0",
          define("VM_TRACE", traces),
          define("VM_TRACE_FST", traces),
          "-DVM_TRACE_VCD=0"};
}

std::vector<std::string> runtime_sources(Instrument instrument) {
  std::vector<std::string> names = {"verilated", "verilated_threads", "verilated_dpi"};
  if (instrument == Instrument::kTrace) names.push_back("verilated_fst_c");
  if (instrument == Instrument::kCoverage) names.push_back("verilated_cov");
  return names;
}

std::vector<std::string> libraries(Instrument instrument) {
  std::vector<std::string> flags = {"-pthread", "-latomic"};
  if (instrument == Instrument::kTrace) flags.push_back("-lz");
  return flags;
}

/// Instrumented designs run a tile, or are large: they shall build quickly.
std::string hot_level(const DutConfig& config) {
  const bool is_plain = config.instrument == Instrument::kNone;
  return "-" + (is_plain || config.optimize == "O0" ? config.optimize : "O1");
}

}  // namespace

Recipe make_recipe(const DutConfig& config, const fs::path& cache) {
  const fs::path built_in = source_root() / "sim/dut/adapter/systole_core.cpp";
  const fs::path adapter = config.adapter.empty() ? built_in : fs::absolute(config.adapter);
  if (!fs::is_directory(config.dir)) {
    throw InputError({.where = {config.dir.string()},
                      .key = "dut.dir",
                      .got = "no such folder",
                      .expected = "the RTL tree",
                      .hint = "dut.dir (or --rtl DIR) says where it is"});
  }
  if (!fs::is_regular_file(adapter)) {
    throw InputError({.where = {adapter.string()},
                      .key = "dut.adapter",
                      .got = "no such file",
                      .expected = "the adapter's C++ source"});
  }
  Recipe recipe{.config = config,
                .rtl = fs::absolute(config.dir),
                .list = read_filelist(config.dir, config.filelist),
                .tools = find_toolchain(cache),
                .adapter = adapter,
                .control = {},
                .names = FileNames(config.dir, adapter.parent_path()),
                .verilator_flags = make_verilator_flags(config),
                .unroll_counts = {"1", "4", "16", "64"},
                .compiler_flags = common_flags(config.instrument),
                .runtime_sources = runtime_sources(config.instrument),
                .libraries = libraries(config.instrument),
                .hot = hot_level(config),
                .cold = config.instrument == Instrument::kNone ? "-O1" : "-O0",
                .runtime_key = {},
                .key = {}};
  const fs::path control = fs::path(adapter).replace_extension(".vlt");
  if (fs::is_regular_file(control)) recipe.control = control;

  KeyText runtime;
  runtime.add("format", std::to_string(kFormat));
  runtime.add("abi", std::to_string(abi::kVersion));
  runtime.add("compiler", recipe.tools.compiler.identity());
  runtime.add("flag", recipe.compiler_flags);
  runtime.add("source", recipe.runtime_sources);
  add_cpu(runtime);
  add_runtime(runtime, recipe.tools.runtime);
  for (const char* file : {"console.h", "console.cpp", "exports.map"}) {
    runtime.add(file, digest_of_file(source_root() / "sim/dut/adapter" / file));
  }
  recipe.runtime_key = runtime.key();

  KeyText text;
  text.add("runtime", recipe.runtime_key);
  text.add("verilator", recipe.tools.verilator.identity());
  text.add("verilator flag", recipe.verilator_flags);
  text.add("unroll count", recipe.unroll_counts);
  text.add("hot", recipe.hot);
  text.add("cold", recipe.cold);
  text.add("argument", recipe.list.arguments);
  for (const std::string& source : recipe.list.sources) {
    text.add(source, digest_of_file(recipe.rtl / source));
  }
  text.add("adapter", recipe.names.name(adapter));
  text.add("adapter", digest_of_file(adapter));
  text.add("control", digest_of_file(control));
  recipe.key = text.key();
  return recipe;
}

}  // namespace systole::dut
