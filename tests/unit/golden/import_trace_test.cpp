// import_trace_test.cpp: recorded tensors as a trace.
#include "golden/import_trace.h"

#include <gtest/gtest.h>

#include "model/config/error.h"
#include "model/tensor/safetensors.h"
#include "tests/support/files.h"
#include "tests/unit/golden/recorded.h"

namespace systole {
namespace {

using test::TempDirectory;

std::vector<SafetensorsEntry> entries() {
  return {encode("image", IntTensor({1, 2}, {1, 2}), kInt8),
          encode("reals", FloatTensor({1, 2}, {2, 2.5F})),
          encode("quant", IntTensor({1, 2}, {5, 6}), kInt8)};
}

std::string import_complaint(const std::vector<SafetensorsEntry>& tensors) {
  const TempDirectory temp;
  write_safetensors(temp.path("t"), tensors);
  try {
    import_trace(tiny(), "hash", temp.path("t"));
    return "";
  } catch (const InputError& error) {
    const std::string text = error.what();
    return text.substr(temp.path("t").size() + 2);
  }
}

TEST(ImportTrace, KeepsTheNetworksOrderKindsAndMeaning) {
  const TempDirectory temp;
  write_safetensors(temp.path("t"), entries());
  const Trace trace = import_trace(tiny(), "hash", temp.path("t"));
  EXPECT_EQ(trace.network, "tiny");
  EXPECT_EQ(trace.network_hash, "hash");
  ASSERT_EQ(trace.entries.size(), 3U);
  EXPECT_EQ(trace.entries[0].name, "image");
  EXPECT_EQ(trace.entries[0].op, "input");
  EXPECT_EQ(trace.entries[1].name, "quant");
  EXPECT_EQ(trace.entries[1].op, "requantise");
  EXPECT_EQ(trace.entries[1].quantization.scale, 0.5);
  EXPECT_TRUE(trace.entries[1].inputs.empty());  // acc was not recorded.
  EXPECT_EQ(trace.entries[2].name, "reals");
  EXPECT_TRUE(trace.entries[2].is_float);
  EXPECT_EQ(trace.tensors.at("reals"), AnyTensor(FloatTensor({1, 2}, {2, 2.5F})));
}

TEST(ImportTrace, RefusesAnUnknownName) {
  auto tensors = entries();
  tensors[2].name = "quant2";
  EXPECT_EQ(import_complaint(tensors),
            "quant2: got a tensor of this name, expected an input or op of network tiny; did you "
            "mean quant?");
}

TEST(ImportTrace, RefusesRealsInPlaceOfIntegersAndTheReverse) {
  auto tensors = entries();
  tensors[2] = encode("quant", FloatTensor({1, 2}, {5, 6}));
  EXPECT_EQ(import_complaint(tensors), "quant: got dtype F32, expected an integer dtype");
  tensors = entries();
  tensors[1] = encode("reals", IntTensor({1, 2}, {2, 3}), kInt8);
  EXPECT_EQ(import_complaint(tensors), "reals: got dtype I8, expected F32, F16, BF16 or F64");
}

TEST(ImportTrace, RefusesAFileWithoutTensors) {
  EXPECT_EQ(import_complaint({}), "got no tensor, expected recorded tensors");
}

}  // namespace
}  // namespace systole
