// onnx_qdq.cpp: networks exported as ONNX models, run in ONNX Runtime and compared.
#include "tests/flows/export/onnx_qdq.h"

#include <gtest/gtest.h>

namespace systole::test {

using nlohmann::json;

Finished run_onnx(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"env", "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1",
                                       SYSTOLE_SOURCE_DIR "/build/onnxruntime/bin/python",
                                       SYSTOLE_SOURCE_DIR "/flows/export/run_onnx.py"});
  return run_process(arguments);
}

OnnxModel::OnnxModel(const std::vector<std::string>& options,
                     const std::vector<std::string>& export_options) {
  std::vector<std::string> golden = {"golden", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "-o",
                                     temp_.path()};
  golden.insert(golden.end(), options.begin(), options.end());
  const Finished recorded = run_systole(golden);
  EXPECT_EQ(recorded.exit_code, 0) << recorded.err;

  std::vector<std::string> words = {"export", "--onnx-qdq", bundle(), "-o", model(), "--json"};
  words.insert(words.end(), export_options.begin(), export_options.end());
  const Finished exported = run_systole(words);
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  summary_ = json::parse(exported.out, nullptr, false);
}

OnnxCounts OnnxModel::run(const std::vector<std::string>& options) const {
  std::vector<std::string> words = {model(), "--bundle", bundle(),   "--trace",
                                    trace(), "--record", recorded(), "--json"};
  words.insert(words.end(), options.begin(), options.end());
  const Finished finished = run_onnx(words);
  EXPECT_EQ(finished.exit_code, 0) << finished.err << finished.out;
  OnnxCounts counts;
  counts.text = finished.out;
  const json rows = json::parse(finished.out, nullptr, false);
  if (!rows.is_array()) return counts;
  counts.tensors = static_cast<std::int64_t>(rows.size());
  for (const json& row : rows) {
    counts.compared += row["compared"].get<std::int64_t>();
    counts.differing += row["differing"].get<std::int64_t>();
    counts.near_ties += row["near_ties"].get<std::int64_t>();
    counts.rounded_bias += row["rounded_bias"].get<std::int64_t>();
    counts.carried += row["carried"].get<std::int64_t>();
  }
  return counts;
}

std::int64_t OnnxModel::differing_from_own_operands() const {
  const Finished check = run_systole({"check-import", bundle(), recorded(), "--json"});
  const json result = json::parse(check.out, nullptr, false);
  if (result.is_discarded()) return -1;
  std::int64_t sum = 0;
  for (const json& op : result["ops"]) sum += op["recorded"]["mismatched"].get<std::int64_t>();
  return sum;
}

}  // namespace systole::test
