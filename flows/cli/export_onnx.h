// export_onnx.h: integer networks as ONNX models in QDQ form, for other runtimes.
#pragma once

#include <string>

namespace systole {

struct OnnxExport {
  std::string bundle;
  std::string out;            ///< The .onnx file.
  std::string bias = "auto";  ///< Or `int32`, `float32`: how biases are stored.
  std::string inputs;         ///< A .npz file for the samples as the model takes them, or empty.
  bool json = false;          ///< Counts as JSON instead of a line.
};

/// Checks the bundle, and has flows/export/onnx_qdq.py write the model, which `onnx.checker`
/// accepts. Returns the status to exit with. Throws InputError.
int export_onnx(const OnnxExport& options);

}  // namespace systole
