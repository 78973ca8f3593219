// decode_test.cpp: from a memory's order to the bundle's, and what cannot be.
#include "sim/image/decode.h"

#include <gtest/gtest.h>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

using Elements = std::vector<std::int64_t>;

/// Three inputs, three channels on a 2x2 array, as in tile_order_test.cpp.
ImageTensor weight() {
  return {.op = "fc",
          .name = "weight",
          .shape = {8, 2},
          .element_bits = 8,
          .source = {"fc.weight", {3, 3}, Dtype::kI8},
          .order = TileOrder{.cols = 2,
                             .groups = 1,
                             .taps = 1,
                             .inputs = 3,
                             .channels = 3,
                             .packs = {{0, 3, 0, 3, 4}}}};
}

const Elements kWeights = {1, 2, 4, 5, 7, 8, 0, 0, 3, 0, 6, 0, 9, 0, 0, 0};

ImageTensor bias(const Shape& source) {
  ImageTensor tensor = weight();
  tensor.name = "bias";
  tensor.shape = {2, 2};
  tensor.source = {"fc.quant.bias", source, Dtype::kI64};
  return tensor;
}

TEST(Decode, PutsWeightsBackInRows) {
  const SafetensorsEntry entry = decode(weight(), kWeights);
  EXPECT_EQ(entry.name, "fc.weight");
  EXPECT_EQ(entry.bytes, std::string("\1\2\3\4\5\6\7\10\11"));
}

TEST(Decode, TakesOneConstantForAllChannelsOnce) {
  EXPECT_EQ(decode(bias({1}), {-2, -2, -2, 0}).bytes,
            std::string("\xfe\xff\xff\xff\xff\xff\xff\xff"));
  EXPECT_EQ(message_of([] {
              decode(bias({1}), {-2, -2, 5, 0});
            }),
            "bias of fc: element 2: got 5, expected -2, as in the copies before");
}

TEST(Decode, RefusesSomethingBeyondTheEdgesAndValuesTooWide) {
  Elements elements = kWeights;
  elements[7] = 1;
  EXPECT_EQ(message_of([&] { decode(weight(), elements); }),
            "weight of fc: element 7: got 1, expected 0, beyond the edges of the op");
  elements = kWeights;
  elements[0] = 200;
  EXPECT_EQ(message_of([&] { decode(weight(), elements); }),
            "weight of fc: element 0: got 200, expected a value of I8");
}

TEST(Decode, RefusesTensorsOfAnotherSize) {
  EXPECT_EQ(message_of([] {
              decode(weight(), {1, 2});
            }),
            "weight of fc: element 2: got the end, expected 16 elements");
  ImageTensor larger = weight();
  larger.source.shape = {4, 3};
  EXPECT_EQ(message_of([&] { decode(larger, kWeights); }),
            "weight of fc: element 9: got none, expected all of fc.weight");
}

}  // namespace
}  // namespace systole
