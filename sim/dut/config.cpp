// config.cpp: the keys `dut.*` and what they become.
#include "sim/dut/config.h"

#include <fmt/format.h>

#include "model/config/settings.h"

namespace systole {

namespace fs = std::filesystem;

namespace {

/// A parameter of systole_core. Other designs need not share its default and range.
struct CoreParameter {
  const char* name;
  std::int64_t default_value, lo, hi, step;
  const char* help;

  bool takes(std::int64_t value) const {
    return lo <= value && value <= hi && (value - lo) % step == 0;
  }
  std::string range() const {
    return step == 1 ? fmt::format("an integer in [{}, {}]", lo, hi)
                     : fmt::format("one of {}, {}", lo, hi);
  }
};

constexpr CoreParameter kCoreParameters[] = {
    {"Rows", 16, 2, 64, 1, "Rows of the array: the K of a tile."},
    {"Cols", 16, 2, 64, 1, "Columns of the array: the N of a tile."},
    {"AccDepth", 1024, 2, 65535, 1, "Accumulators per column: most activation rows of a pass."},
    {"ActBits", 9, 2, 9, 1, "Width of the array's activations, signed: 8 bits unsigned need 9."},
    {"WeightBits", 9, 2, 9, 1, "Width of the array's weights, signed."},
    {"ScaleBits", 32, 16, 32, 16, "Width of the scale and of the residual scale, signed."},
    {"Gemmlowp", 0, 0, 1, 1,
     "1: the lanes can also round twice, as gemmlowp and TFLite's reference kernels do "
     "(lower.scale: gemmlowp)."},
    {"AccTap", 1, 0, 1, 1,
     "1: the accumulators can be observed, so that int_* ops are compared too."},
};

KeyTable make_keys() {
  KeyTable keys = {
      {.key = "dut.dir",
       .type = KeyType::kPath,
       .help = "The RTL tree. Without it, the rtl/ folder that this program was built with."},
      {.key = "dut.filelist",
       .type = KeyType::kString,
       .default_value = "files.f",
       .help = "The list of sources, relative to dut.dir; paths in it count from its own folder."},
      {.key = "dut.top",
       .type = KeyType::kString,
       .default_value = "systole_core",
       .help = "The top module."},
  };
  for (const CoreParameter& parameter : kCoreParameters)
    keys.push_back({.key = std::string("dut.parameters.") + parameter.name,
                    .type = KeyType::kInteger,
                    .default_value = std::to_string(parameter.default_value),
                    .help = fmt::format("{} For systole_core {}; no default with dut.adapter.",
                                        parameter.help, parameter.range())});
  const KeyTable others = {
      {.key = "dut.parameters.*",
       .type = KeyType::kInteger,
       .help = "Any other parameter of the top module."},
      {.key = "dut.adapter",
       .type = KeyType::kPath,
       .help = "A C++ source that connects the pins of a design of your own (rtl/own_design.md "
               "shows how). Without it, the adapter of systole_core."},
      {.key = "dut.optimize",
       .type = KeyType::kChoice,
       .default_value = "O2",
       .choices = {"O0", "O1", "O2", "O3"},
       .help = "How hard the compiler optimises the simulated design. O3 is slower for 16x16: it "
               "unrolls loops that O2 turns into vector code."},
  };
  keys.insert(keys.end(), others.begin(), others.end());
  return keys;
}

void check_core_parameters(const Settings& settings) {
  for (const CoreParameter& parameter : kCoreParameters) {
    const std::string key = std::string("dut.parameters.") + parameter.name;
    if (!parameter.takes(settings.integer(key))) throw settings.error(key, parameter.range());
  }
}

}  // namespace

const KeyTable& dut_keys() {
  static const KeyTable keys = make_keys();
  return keys;
}

DutConfig parse_dut_config(const Settings& settings) {
  DutConfig config;
  config.dir = settings.path("dut.dir");
  if (config.dir.empty()) config.dir = source_root() / "rtl";
  if (!fs::is_directory(config.dir)) throw settings.error("dut.dir", "an existing folder");

  config.filelist = settings.text("dut.filelist");
  config.top = settings.text("dut.top");
  if (config.top.empty()) throw settings.error("dut.top", "the name of the top module");
  config.adapter = settings.path("dut.adapter");
  config.optimize = settings.choice("dut.optimize");
  if (!config.adapter.empty() && !fs::is_regular_file(config.adapter)) {
    throw settings.error("dut.adapter", "an existing C++ source file");
  }

  // A design with an adapter of its own need not have our core's parameters, nor their ranges.
  const bool is_own = !config.adapter.empty();
  if (!is_own) check_core_parameters(settings);
  for (const auto& [name, value] : settings.entries("dut.parameters"))
    if (!is_own || settings.is_set("dut.parameters." + name)) config.parameters[name] = value;
  return config;
}

std::string_view to_string(Instrument instrument) {
  switch (instrument) {
    case Instrument::kNone:
      return "plain";
    case Instrument::kTrace:
      return "trace";
    case Instrument::kCoverage:
      return "coverage";
  }
  return "";
}

const fs::path& source_root() {
  static const fs::path root = SYSTOLE_SOURCE_ROOT;
  return root;
}

}  // namespace systole
