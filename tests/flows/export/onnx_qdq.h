// onnx_qdq.h: networks exported as ONNX models, run in ONNX Runtime and compared.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace systole::test {

/// Sums over all tensors of what flows/export/run_onnx.py counts.
struct OnnxCounts {
  std::int64_t tensors = 0, compared = 0, differing = 0, near_ties = 0, rounded_bias = 0;
  std::int64_t carried = 0;
  std::string text;  ///< Everything that was counted, for messages.

  std::int64_t unexplained() const { return differing - near_ties - rounded_bias - carried; }
};

/// A network of codes, its golden trace and its ONNX model, in a folder of their own.
class OnnxModel {
 public:
  /// Records the golden trace of configs/digits.yaml with these options and exports its network.
  explicit OnnxModel(const std::vector<std::string>& options,
                     const std::vector<std::string>& export_options = {});

  std::string bundle() const { return temp_.path("network"); }
  std::string trace() const { return temp_.path("golden"); }
  std::string model() const { return temp_.path("net.onnx"); }
  std::string recorded() const { return temp_.path("recorded"); }
  const nlohmann::json& summary() const { return summary_; }

  /// Runs the model on the trace's inputs, and expects that every difference is explained.
  OnnxCounts run(const std::vector<std::string>& options = {}) const;

  /// Elements that differ from our own op on ONNX Runtime's operands, of the last `run`.
  std::int64_t differing_from_own_operands() const;

 private:
  TempDirectory temp_;
  nlohmann::json summary_;
};

/// Runs flows/export/run_onnx.py in its environment, build/onnxruntime.
Finished run_onnx(std::vector<std::string> arguments);

}  // namespace systole::test
