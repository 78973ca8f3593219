// error_test.cpp: what fusion cannot do is one message that names the op.
#include "model/config/error.h"

#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

TEST(FuseError, NamesThatWouldClashAreBadInput) {
  Pattern pattern;
  pattern.conv("a", "image", 1).add("a.quant", {"a"}, Relu{}).add("m", {"a"}, MaxPool{});
  pattern.network.outputs = {"a.quant", "m"};
  try {
    pattern.fused();
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "a.quant: got two integer ops of this name, expected names that stay unique when "
                 "requantisations add \".quant\"; rename the op");
  }
}

TEST(FuseError, AnOperandWithoutCodesIsNamed) {
  Pattern pattern;
  pattern.conv("a", "image", 1).conv("b", "a", 2);
  EncodedNetwork encoded = pattern.encoded();
  encoded.tensors.erase("a");
  try {
    fuse(encoded);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(
        error.what(),
        "a: got no quantizer, expected codes: b computes in integers; give outputs[0] of a "
        "a quantizer, or skip b");
  }
}

TEST(FuseError, AccumulatorsThatCouldOverflowAreRefusedUnlessTheyMayWrap) {
  Pattern pattern;
  pattern.add("f", {"image"}, Flatten{});
  // 70,000 products of up to 255 * 127.
  pattern.network.inputs[0].shape = {1, 1, 70000};
  pattern.add("l", {"f"}, Linear{.weight = FloatTensor({70000, 1}, 1.0F), .bias = {}});
  pattern.codes["image"] = IntTensor({1, 1, 1, 70000}, 100);
  const EncodedNetwork encoded = pattern.encoded();
  try {
    fuse(encoded);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "l (int_matmul): got sums up to 2266950000, expected at most 2147483647; use "
                 "narrower weights or activations, split the op, or set `overflow: wrap`");
  }
  EXPECT_NO_THROW(fuse(encoded, {}, {.wrap = true}));
}

}  // namespace
}  // namespace systole
