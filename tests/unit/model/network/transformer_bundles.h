// transformer_bundles.h: bundles with every op and key of transformers.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/network/bundle.h"
#include "model/tensor/safetensors.h"
#include "tests/support/files.h"

namespace systole {

inline constexpr const char* kFloatTransformer = R"(format: systole-network
version: 1
kind: float
name: floats
inputs:
  - {name: ids, shape: [3], type: uint4}
  - {name: mask, shape: [3], type: uint1}
  - {name: x, shape: [4, 2], type: float32}
  - {name: scores, shape: [2, 4, 3], type: float32}
outputs: [rolled]
ops:
  - {name: words, op: embedding, inputs: [ids], table: table}
  - {name: token, op: class_token, inputs: [x], value: row}
  - {name: moved, op: add_constant, inputs: [x], value: row}
  - {name: qk, op: batch_matmul, inputs: [x, words], transpose_b: true}
  - {name: deep, op: batch_matmul, inputs: [x, qk], transpose_a: true, transpose_b: false}
  - {name: scaled, op: scale, inputs: [qk], factor: 0.125}
  - {name: masked, op: mask_scores, inputs: [scores, mask]}
  - {name: lowered, op: mask_scores, inputs: [scores, mask], value: -10000}
  - {name: soft, op: softmax, inputs: [masked]}
  - {name: erf, op: gelu, inputs: [x]}
  - {name: cubic, op: gelu, inputs: [x], form: tanh}
  - {name: pooler, op: tanh, inputs: [x]}
  - {name: heads, op: reshape, inputs: [x], shape: [2, 2, 2]}
  - {name: turned, op: transpose, inputs: [heads], order: [2, 0, 1]}
  - {name: part, op: slice, inputs: [x], start: [1, 0], count: [2, 1], step: [2, 1]}
  - {name: rolled, op: roll, inputs: [x], shift: [-1, 3]}
)";

inline constexpr const char* kIntTransformer = R"(format: systole-network
version: 1
kind: integer
name: integers
inputs:
  - {name: sums, shape: [2, 2, 3], type: int16}
  - {name: mask, shape: [3], type: uint1}
  - {name: codes, shape: [2, 3], type: int8}
  - {name: signal, shape: [2, 3], type: float32}
outputs: [rolled]
ops:
  - {name: bert, op: score_softmax, inputs: [sums, mask], scale: one, bias: six, shift: 12, arithmetic: float32, relative_bias: heads, window_mask: narrow, factor: 65535, type: uint16}
  - {name: vit, op: score_softmax, inputs: [sums], scale: six, bias: one, shift: 0, arithmetic: float64, type: uint8}
  - {name: shares, op: softmax, inputs: [sums, mask], dialect: times, operand_scale: 0.125, factor: 1, type: uint1}
  - {name: plain, op: softmax, inputs: [sums], dialect: times, operand_scale: 0.5, type: int17}
  - {name: bias, op: constant, inputs: [signal], value: places, type: int8, real_scale: 0.5, zero_point: 3}
  - {name: quant, op: mul_quant, inputs: [sums, bias], scale: six.whole, bias: six.whole, shift: whole, residual_scale: six.whole, residual_shift: whole, tokens: 2, type: int8, real_scale: 1}
  - {name: twice, op: requantise, inputs: [codes], dialect: double, factor: six.double, offset: two.double, rounding: half_even, bias: three.whole, tokens: 2, type: int8, real_scale: 1}
  - {name: reals, op: float_mul_shift, inputs: [codes], scale: two, bias: six, shift: 0, tokens: 2}
  - {name: steps, op: quantize, inputs: [signal], rule: multiply, factor: two, zero_point: two.whole, tokens: 2, range: [0, 255], subtract: true, type: int10, real_scale: 1}
  - {name: even, op: quantize, inputs: [signal], rule: divide_half_even, factor: two, tokens: 2, type: int8, real_scale: 1}
  - {name: product, op: float_batch_matmul, inputs: [reals, codes], transpose_b: true}
  - {name: cubic, op: float_gelu, inputs: [reals], form: tanh}
  - {name: words, op: float_embedding, inputs: [mask], table: table}
  - {name: moved, op: roll, inputs: [cubic], shift: [0, 1]}
  - {name: rolled, op: roll, inputs: [codes], shift: [1, -1]}
)";

inline std::vector<SafetensorsEntry> transformer_tensors() {
  const IntType byte = {8, true};
  return {encode("table", FloatTensor({5, 2}, {0, 1, 10, 11, 20, 21, 30, 31, 40, 41})),
          encode("row", FloatTensor({1, 2}, {0.5F, -2})),
          encode("narrow", FloatTensor({1, 3}, 1)),
          encode("square", FloatTensor({2, 2}, 1)),
          encode("heads", FloatTensor({2, 2, 3}, 0.25F)),
          encode("tall", FloatTensor({2, 2, 2, 3}, 0.25F)),
          encode("one", FloatTensor({1}, 2)),
          encode("two", FloatTensor({2}, {0.5F, 4})),
          encode("three", FloatTensor({3}, 1)),
          encode("negative", FloatTensor({2}, {1, -1})),
          encode("six", FloatTensor({6}, {1, 2, 3, -4, 5, 6})),
          encode("places", IntTensor({2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, -128, 127, 0}), byte),
          encode("wide", IntTensor({2}, 128), {16, true}),
          encode("whole", IntTensor({1}, 1), byte),
          encode("two.whole", IntTensor({2}, {-3, 100}), byte),
          encode("three.whole", IntTensor({3}, {1, 2, 3}), byte),
          encode("four.whole", IntTensor({4}, 1), byte),
          encode("six.whole", IntTensor({6}, {1, 2, 3, -4, 5, 6}), byte),
          encode("two.double", Tensor<double>({2}, {0.5, -0.5})),
          encode("three.double", Tensor<double>({3}, 0.5)),
          encode("six.double", Tensor<double>({6}, {0.1, 0.2, 0.3, 0.4, 0.5, 1e-300}))};
}

inline Bundle load_transformer(const char* yaml) {
  const test::TempDirectory temp;
  std::filesystem::create_directory(temp.path("b"));
  write_safetensors(temp.path("b/tensors.safetensors"), transformer_tensors());
  test::write_text(temp.path("b/network.yaml"), yaml);
  return load_bundle(temp.path("b"));
}

}  // namespace systole
