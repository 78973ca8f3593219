// random_job.h: jobs of every kind on small random shapes, with what the reference makes of them.
#pragma once

#include <memory>
#include <random>

#include "sim/schedule/operands.h"

namespace systole {

/// The nodes, operands and expected tensors of one job.
struct RandomJob {
  IntNode product, quant;
  bool has_product = true, has_quant = true;
  IntTensor x, residual;
  IntTensor stationary;    ///< Second operand of a product of two activations; else empty.
  IntTensor accumulators;  ///< Of a job without a product: its input.
  IntTensor output;        ///< Empty without a mul_quant.
  std::string text;        ///< Kind and shapes, for failure messages.

  Job job() const {
    return {has_product ? &product : nullptr, has_quant ? &quant : nullptr, 0,
            stationary.data.empty() ? 0 : accumulators.channels()};
  }
  JobInputs inputs() const {
    return {x, residual_or_null(), stationary.data.empty() ? nullptr : &stationary};
  }
  const IntTensor* residual_or_null() const { return residual.data.empty() ? nullptr : &residual; }
};

/// A convolution (dense, grouped, depthwise), linear op, product of two activations, stream, sum
/// pool or max pool: all strides, paddings and dilations of up to 2 or 3; with and without
/// mul_quant and residual. Operands of the array have 9 bits, of a stream 16. Neither movable nor
/// copyable once a job points to it.
std::unique_ptr<RandomJob> random_job(std::mt19937& random);

}  // namespace systole
