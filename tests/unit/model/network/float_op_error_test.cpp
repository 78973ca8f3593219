// float_op_error_test.cpp: bad attributes of float ops, and of inputs of reals.
#include <gtest/gtest.h>

#include "tests/unit/model/network/bundle_errors.h"

namespace systole {
namespace {

constexpr const char* kGood = R"(format: systole-network
version: 1
kind: float
name: tiny
inputs:
  - {name: x, shape: [2, 2, 1], type: float32}
outputs: [drop]
samples:
  test: {x: reals}
ops:
  - {name: pad, op: pad, inputs: [x], amounts: [[0, 1], [1, 0], [0, 0]]}
  - {name: relu, op: relu, inputs: [pad], max: 6}
  - {name: pass, op: identity, inputs: [relu]}
  - {name: drop, op: dropout, inputs: [pass], rate: 0}
)";

std::vector<SafetensorsEntry> tensors() {
  return {encode("reals", FloatTensor({1, 2, 2, 1}, 0.5F)),
          encode("codes", IntTensor({1, 2, 2, 1}, 1), {8, true})};
}

class FloatOpError : public testing::TestWithParam<Case> {};
TEST_P(FloatOpError, SaysWhereAndWhat) { expect_message(kGood, tensors(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    , FloatOpError,
    testing::Values(
        Case{"MaxZero", "max: 6", "max: 0",
             "12: ops[1].max: got 0, expected a number above 0 that float32 holds; without this "
             "key a ReLU has no maximum"},
        Case{"MaxTooSmall", "max: 6", "max: 1e-60",
             "12: ops[1].max: got 1e-60, expected a number above 0 that float32 holds; without "
             "this key a ReLU has no maximum"},
        Case{"MaxTooLarge", "max: 6", "max: 1e39",
             "12: ops[1].max: got 1e39, expected a number above 0 that float32 holds; without "
             "this key a ReLU has no maximum"},
        Case{"MaxInfinite", "max: 6", "max: .inf", "12: ops[1].max: got .inf, expected a number"},
        Case{"ReluKey", "max: 6", "maximum: 6",
             "12: ops[1].maximum: got an unknown key, expected one of name, op, inputs, max"},
        Case{"RateOne", "rate: 0", "rate: 1",
             "14: ops[3].rate: got 1, expected a number in [0, 1)"},
        Case{"RateNegative", "rate: 0", "rate: -0.1",
             "14: ops[3].rate: got -0.1, expected a number in [0, 1)"},
        Case{"RateMissing", ", rate: 0", "",
             "14: ops[3].rate: got nothing, expected this key; did you mean name?"},
        Case{"PadValue", "amounts:", "value: 0, amounts:",
             "11: ops[0].value: got an unknown key, expected one of name, op, inputs, amounts"},
        Case{"PadNegative", "[[0, 1]", "[[0, -1]",
             "11: ops[0].amounts[0][1]: got -1, expected an integer in [0, 65535]"},
        Case{"PadAxes", ", [0, 0]]", "]",
             "11: pad (pad): got 2 pairs of amounts, expected 3, one per axis without the batch"},
        Case{"IdentityKey", "op: identity,", "op: identity, rate: 0,",
             "13: ops[2].rate: got an unknown key, expected one of name, op, inputs; did you mean "
             "name?"},
        Case{"ScaleOfReals", "type: float32", "type: float32, scale: 1",
             "6: inputs[0].scale: got an unknown key, expected one of name, shape, type; did you "
             "mean shape?"},
        Case{"CodesForReals", "x: reals", "x: codes",
             "9: samples.test.x: got codes of dtype I8, expected reals: F32, F64, F16 or BF16"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace systole
