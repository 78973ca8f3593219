// export_onnx.cpp: integer networks as ONNX models in QDQ form.
#include "flows/cli/export_onnx.h"

#include <filesystem>

#include "flows/cli/interrupt.h"
#include "flows/cli/program.h"
#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/network/check.h"

namespace systole {

int export_onnx(const OnnxExport& options) {
  const Bundle bundle = load_bundle(options.bundle);
  if (std::holds_alternative<FloatNetwork>(bundle.network))
    throw InputError({.where = options.bundle,
                      .key = "kind",
                      .got = "float",
                      .expected = "integer",
                      .hint = "systole quantize CONFIG -o OUT makes OUT/network"});
  check_network(std::get<IntNetwork>(bundle.network));
  const Scratch scratch;  // The bundle as we write it: every key is there.
  write_bundle(scratch.file("bundle"), bundle);
  const auto program = std::filesystem::path(SYSTOLE_SOURCE_ROOT) / "flows/export/onnx_qdq.py";
  std::vector<std::string> words = {
      python_of("python"), program.string(), scratch.file("bundle"), "--out", options.out, "--bias",
      options.bias,        "--called",       options.bundle};
  if (!options.inputs.empty()) words.insert(words.end(), {"--inputs", options.inputs});
  if (options.json) words.emplace_back("--json");
  const int status = run_program(words, "the Python environment of importers and exports",
                                 "flows/setup --python makes it; flows/systole does so by itself");
  return status == 0 || status == kInterruptedExit ? status : 2;
}

}  // namespace systole
