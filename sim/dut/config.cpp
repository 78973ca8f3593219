// config.cpp: the keys `dut.*` and what they become.
#include "sim/dut/config.h"

#include "model/config/settings.h"

namespace systole {

namespace fs = std::filesystem;

const KeyTable& dut_keys() {
  static const KeyTable keys = {
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
      {.key = "dut.parameters.Rows",
       .type = KeyType::kInteger,
       .default_value = "16",
       .lo = 2,
       .hi = 64,
       .help = "Rows of the array: the K of a tile."},
      {.key = "dut.parameters.Cols",
       .type = KeyType::kInteger,
       .default_value = "16",
       .lo = 2,
       .hi = 64,
       .help = "Columns of the array: the N of a tile."},
      {.key = "dut.parameters.AccDepth",
       .type = KeyType::kInteger,
       .default_value = "1024",
       .lo = 2,
       .hi = 65535,
       .help = "Accumulators per column: most activation rows of a pass."},
      {.key = "dut.parameters.ActBits",
       .type = KeyType::kInteger,
       .default_value = "9",
       .lo = 2,
       .hi = 9,
       .help = "Width of the array's activations, signed: 8 bits unsigned need 9."},
      {.key = "dut.parameters.WeightBits",
       .type = KeyType::kInteger,
       .default_value = "9",
       .lo = 2,
       .hi = 9,
       .help = "Width of the array's weights, signed."},
      {.key = "dut.parameters.ScaleBits",
       .type = KeyType::kChoice,
       .default_value = "32",
       .choices = {"16", "32"},
       .help = "Width of the scale and of the residual scale, signed."},
      {.key = "dut.parameters.Gemmlowp",
       .type = KeyType::kInteger,
       .default_value = "0",
       .lo = 0,
       .hi = 1,
       .help = "1: the lanes can also round twice, as gemmlowp and TFLite's reference kernels do "
               "(lower.scale: gemmlowp)."},
      {.key = "dut.parameters.AccTap",
       .type = KeyType::kInteger,
       .default_value = "1",
       .lo = 0,
       .hi = 1,
       .help = "1: the accumulators can be observed, so that int_* ops are compared too."},
      {.key = "dut.parameters.*",
       .type = KeyType::kInteger,
       .help = "Any other parameter of the top module."},
      {.key = "dut.adapter",
       .type = KeyType::kPath,
       .help = "A C++ source that connects the pins of a design of your own (sim/dut/adapter/ "
               "shows how). Without it, the adapter of systole_core."},
      {.key = "dut.optimize",
       .type = KeyType::kChoice,
       .default_value = "O2",
       .choices = {"O0", "O1", "O2", "O3"},
       .help = "How hard the compiler optimises the simulated design. O3 is slower for 16x16: it "
               "unrolls loops that O2 turns into vector code."},
  };
  return keys;
}

DutConfig parse_dut_config(const Settings& settings) {
  DutConfig config;
  config.dir = settings.path("dut.dir");
  if (config.dir.empty()) config.dir = source_root() / "rtl";
  if (!fs::is_directory(config.dir)) throw settings.error("dut.dir", "an existing folder");

  config.filelist = settings.text("dut.filelist");
  config.top = settings.text("dut.top");
  config.adapter = settings.path("dut.adapter");
  config.optimize = settings.choice("dut.optimize");
  if (!config.adapter.empty() && !fs::is_regular_file(config.adapter)) {
    throw settings.error("dut.adapter", "an existing C++ source file");
  }

  // A design with an adapter of its own need not have our core's parameters.
  const bool is_own = !config.adapter.empty();
  for (const auto& [name, value] : settings.entries("dut.parameters")) {
    if (!is_own || settings.is_set("dut.parameters." + name)) config.parameters[name] = value;
  }
  if (!is_own || settings.is_set("dut.parameters.ScaleBits")) {
    config.parameters["ScaleBits"] = std::stoll(settings.choice("dut.parameters.ScaleBits"));
  }
  return config;
}

const fs::path& source_root() {
  static const fs::path root = SYSTOLE_SOURCE_ROOT;
  return root;
}

}  // namespace systole
