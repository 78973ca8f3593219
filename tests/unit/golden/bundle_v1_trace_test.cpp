// bundle_v1_trace_test.cpp: running a bundle of version 1 gives the same tensors for good.
#include <gtest/gtest.h>

#include "golden/trace.h"
#include "model/network/bundle.h"
#include "model/network/execute.h"
#include "model/tensor/sha256.h"
#include "tests/support/files.h"

namespace systole {
namespace {

const std::string kFolder = std::string(SYSTOLE_FIXTURES) + "/bundle_v1/";

TEST(BundleV1, TheTraceOfItsSamplesIsThatOfOld) {
  const Bundle bundle = load_bundle(kFolder + "integer");
  const Trace trace = record_trace(std::get<IntNetwork>(bundle.network), bundle.hash,
                                   bundle.samples.at("test").inputs);
  std::string lines;
  for (const TraceEntry& entry : trace.entries)
    lines += entry.name + " " + to_string(entry.shape) + " " + entry.sha256 + "\n";
  EXPECT_EQ(trace.entries.size(), 62U);
  EXPECT_EQ(sha256(lines), "e08a0584bdda6c4f689fa57b586e0e78012132e1dc298223651e633e8a83ce68")
      << lines;
}

TEST(BundleV1, TheTensorsOfItsFloatNetworkAreThoseOfOld) {
  const Bundle bundle = load_bundle(kFolder + "float");
  const auto& network = std::get<FloatNetwork>(bundle.network);
  std::string lines;
  run_float(network, real_inputs(bundle.samples.at("test").inputs, network.inputs),
            [&](const FloatNode& node, const FloatTensor& y) {
              const std::string_view bytes(reinterpret_cast<const char*>(y.data.data()),
                                           y.data.size() * sizeof(float));
              lines += node.name + " " + to_string(y.shape) + " " + sha256(bytes) + "\n";
            });
  EXPECT_EQ(sha256(lines), "fb990186e1ae5e2ca467464ff901befd0d6dae3b9df9c7277316f13319b3c179")
      << lines;
}

TEST(BundleV1, ItsTraceSurvivesWritingAndReading) {
  const test::TempDirectory temp;
  const Bundle bundle = load_bundle(kFolder + "integer");
  const Trace trace = record_trace(std::get<IntNetwork>(bundle.network), bundle.hash,
                                   bundle.samples.at("test").inputs);
  write_trace(temp.path("t"), trace);
  const TraceReader reader(temp.path("t"));
  for (const TraceEntry& entry : reader.entries()) {
    EXPECT_EQ(reader.read(entry.name), trace.tensors.at(entry.name)) << entry.name;
    EXPECT_EQ(entry.is_float, is_real(trace.tensors.at(entry.name))) << entry.name;
  }
}

}  // namespace
}  // namespace systole
