// reconstruction.cpp: a layer's output error, and its gradient to the weights.
#include "model/quant/reconstruction.h"

#include <algorithm>
#include <cmath>

#include "model/network/execute.h"
#include "model/network/float_params.h"
#include "model/network/parallel.h"
#include "model/ops/float_linear.h"

namespace systole {
namespace {

constexpr std::int64_t kBlock = 16;  // Output channels that are one thread's piece of work.

FloatOp with_weight(FloatOp op, const FloatTensor& weight) {
  weight_of(op) = weight;
  return op;
}

/// y before the clamp is gain product + offset.
struct ChannelLine {
  double gain;
  double offset;
};

/// Of channel c; `has_bias` where the product holds the bias already.
ChannelLine line_of(const LayerToRound& layer, std::int64_t c, bool has_bias) {
  const auto at = static_cast<std::size_t>(c);
  const double gain = layer.gain.empty() ? 1.0 : layer.gain[at];
  const double offset = layer.offset.empty() ? 0.0 : layer.offset[at];
  const FloatTensor& bias = bias_of(layer.op);
  const double inside = has_bias || bias.data.empty() ? 0.0 : static_cast<double>(bias[c]);
  return {gain, gain * inside + offset};
}

/// x [rows, columns] as [columns, rows].
void transpose(const std::vector<float>& x, std::int64_t rows, std::int64_t columns, float* out) {
  constexpr std::int64_t kWidth = 16;  // Both sides stay in the cache.
  for (std::int64_t first = 0; first < columns; first += kWidth)
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t c = first; c < std::min(first + kWidth, columns); ++c)
        out[c * rows + row] = x[static_cast<std::size_t>(row * columns + c)];
}

}  // namespace

std::vector<double> channel_errors(const LayerToRound& layer, const FloatTensor& weight,
                                   const LayerSamples& samples) {
  const FloatNode node = {.name = layer.name, .inputs = {}, .op = with_weight(layer.op, weight)};
  const FloatTensor product = run_op(node, {&samples.quantised_input});
  const std::int64_t channels = product.channels();
  std::vector<double> errors;
  for (std::int64_t c = 0; c < channels; ++c) {
    const ChannelLine line = line_of(layer, c, true);
    double sum = 0;
    for (std::int64_t i = c; i < product.size(); i += channels) {
      const double y =
          std::clamp(line.gain * product[i] + line.offset, layer.range.lo, layer.range.hi);
      const double error = y - static_cast<double>(samples.float_output[i]);
      sum += error * error;
    }
    errors.push_back(sum / static_cast<double>(product.rows()));
  }
  return errors;
}

ReconstructionGradient::ReconstructionGradient(const LayerToRound& layer,
                                               const LayerSamples& samples,
                                               std::vector<double> factors, int threads)
    : layer_(layer),
      samples_(samples),
      rows_(layer_rows(layer.op, samples.quantised_input.shape)),
      factors_(std::move(factors)),
      threads_(threads) {}

FloatTensor ReconstructionGradient::at(const FloatTensor& weight,
                                       const std::vector<SampleRow>& rows, double drop_probability,
                                       const RandomStream& stream) {
  const std::int64_t count = std::ssize(rows);
  const std::int64_t depth = rows_.depth();
  const std::int64_t width = rows_.group_outputs();
  patches_.resize(static_cast<std::size_t>(count * depth));
  transposed_.resize(patches_.size());
  outputs_.resize(static_cast<std::size_t>(count * width));

  FloatTensor gradient(weight.shape);
  for (std::int64_t group = 0; group < rows_.groups; ++group) {
    gather(rows, group, drop_probability, stream);
    transpose(patches_, count, depth, transposed_.data());
    parallel_for((width + kBlock - 1) / kBlock, threads_,
                 [&](std::int64_t block) { multiply(weight, rows, group, block, gradient); });
  }
  return gradient;
}

/// Products, slopes and gradients of one block of output channels, which touch no other's.
void ReconstructionGradient::multiply(const FloatTensor& weight, const std::vector<SampleRow>& rows,
                                      std::int64_t group, std::int64_t block,
                                      FloatTensor& gradient) {
  const std::int64_t count = std::ssize(rows);
  const std::int64_t depth = rows_.depth();
  const std::int64_t width = rows_.group_outputs();
  const std::int64_t begin = block * kBlock;
  const std::int64_t end = std::min(begin + kBlock, width);
  const std::int64_t first = group * width + begin;
  multiply_float(patches_.data(), count, depth, weight.data.data() + first, end - begin,
                 rows_.outputs, nullptr, outputs_.data() + begin, width);
  to_slopes(rows, group, begin, end);
  multiply_float(transposed_.data(), depth, count, outputs_.data() + begin, end - begin, width,
                 nullptr, gradient.data.data() + first, rows_.outputs);
}

void ReconstructionGradient::gather(const std::vector<SampleRow>& rows, std::int64_t group,
                                    double drop_probability, const RandomStream& stream) {
  const auto threshold = static_cast<std::uint64_t>(std::ldexp(drop_probability, 32));
  const float* quantised = samples_.quantised_input.data.data();
  const float* real = samples_.float_input.data.data();
  float* patch = patches_.data();
  for (const SampleRow& row : rows) {
    for_each_run(
        rows_, row, group, [&](std::int64_t element, std::int64_t count, std::int64_t column) {
          float* out = patch + column;
          if (element < 0) {
            std::fill_n(out, count, 0.0F);
          } else if (threshold == 0) {
            std::copy_n(quantised + element, count, out);
          } else {
            for (std::int64_t i = element; i < element + count; ++i)
              *out++ =
                  stream.at(static_cast<std::uint64_t>(i)) < threshold ? real[i] : quantised[i];
          }
        });
    patch += rows_.depth();
  }
}

/// Turns products of columns [begin, end) into the slope of the error in them.
void ReconstructionGradient::to_slopes(const std::vector<SampleRow>& rows, std::int64_t group,
                                       std::int64_t begin, std::int64_t end) {
  const std::int64_t width = rows_.group_outputs();
  const auto& [lo, hi] = layer_.range;
  for (std::int64_t c = begin; c < end; ++c) {
    const std::int64_t channel = group * width + c;
    const ChannelLine line = line_of(layer_, channel, false);
    const double factor = factors_[static_cast<std::size_t>(channel)] * 2 * line.gain /
                          static_cast<double>(rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      float& product = outputs_[r * static_cast<std::size_t>(width) + static_cast<std::size_t>(c)];
      const double y = line.gain * static_cast<double>(product) + line.offset;
      const std::int64_t row = rows[r].image * rows_.positions() + rows[r].position;
      const double error =
          y - static_cast<double>(samples_.float_output[row * rows_.outputs + channel]);
      product = y > lo && y < hi ? static_cast<float>(factor * error) : 0.0F;
    }
  }
}

}  // namespace systole
