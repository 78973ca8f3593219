// adaround.cpp: weights rounded by what a layer's output gains.
#include "model/quant/adaround.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/network/float_params.h"
#include "model/quant/adaround_check.h"
#include "model/quant/fake_quantize.h"
#include "model/quant/reconstruction.h"
#include "model/quant/soft_rounding.h"

namespace systole {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// What makes a channel's nearest error count as the number of its weights; 0 where there is none.
std::vector<double> error_units(const std::vector<double>& nearest, std::int64_t depth) {
  std::vector<double> units;
  for (const double error : nearest)
    units.push_back(std::isnormal(error) ? static_cast<double>(depth) / error : 0.0);
  return units;
}

/// `count` of [0, total), or all in order if there are no more.
std::vector<std::int64_t> draw(std::int64_t count, std::int64_t total, const RandomStream& stream,
                               std::uint64_t first) {
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(std::min(count, total)));
  std::iota(drawn.begin(), drawn.end(), std::int64_t{0});
  if (count < total)
    for (std::int64_t& each : drawn) each = stream.below(total, first++);
  return drawn;
}

std::vector<SampleRow> draw_rows(const LayerRows& layer, const RoundingOptions& options,
                                 const RandomStream& stream) {
  std::vector<SampleRow> rows;
  std::uint64_t used = 0;
  for (const std::int64_t image : draw(options.batch, layer.images, stream, used)) {
    used += static_cast<std::uint64_t>(std::max(options.batch, options.positions));
    for (const std::int64_t position : draw(options.positions, layer.positions(), stream, used))
      rows.push_back({image, position});
  }
  return rows;
}

/// The penalty of an iteration: none before the warm-up's end, then ever steeper in the middle.
SoftRounding::Penalty penalty_at(int iteration, const RoundingOptions& options) {
  const double done = static_cast<double>(iteration) / options.iterations;
  if (done < options.warm_up) return {};
  const double share = (done - options.warm_up) / (1 - options.warm_up);
  return {.lambda = options.lambda,
          .beta = options.beta_start + (options.beta_end - options.beta_start) * share};
}

IntTensor optimised_codes(const LayerToRound& layer, const Encoding& encoding,
                          const LayerSamples& samples, const RoundingOptions& options,
                          const std::vector<double>& nearest_errors, int threads) {
  const FloatTensor& weight = weight_of(layer.op);
  SoftRounding rounding(weight, encoding);
  ReconstructionGradient gradient(layer, samples, error_units(nearest_errors, weight.rows()),
                                  threads);
  for (int i = 0; i < options.iterations; ++i) {
    const auto number = 2 * static_cast<std::uint32_t>(i);
    const std::vector<SampleRow> rows =
        draw_rows(gradient.rows(), options, RandomStream(options.seed, number));
    rounding.descend(gradient.at(rounding.soft(), rows, options.drop_probability,
                                 RandomStream(options.seed, number + 1)),
                     options.rate, penalty_at(i, options), threads);
  }
  return rounding.codes();
}

}  // namespace

Rounded adaround(const LayerToRound& layer, const Encoding& weight_encoding,
                 const LayerSamples& samples, const RoundingOptions& options, int threads) {
  check_rounding(layer, samples, options);
  const IntTensor nearest = quantize(weight_of(layer.op), weight_encoding);
  const auto errors_of = [&](const IntTensor& codes) {
    return channel_errors(layer, dequantize(codes, weight_encoding), samples);
  };
  const std::vector<double> nearest_errors = errors_of(nearest);
  Rounded rounded = {
      .codes = optimised_codes(layer, weight_encoding, samples, options, nearest_errors, threads),
      .nearest_error = mean(nearest_errors)};

  std::vector<double> errors = errors_of(rounded.codes);
  for (std::size_t c = 0; c < errors.size(); ++c) {
    if (errors[c] < nearest_errors[c]) continue;
    errors[c] = nearest_errors[c];
    for (std::int64_t i = static_cast<std::int64_t>(c); i < nearest.size(); i += nearest.channels())
      rounded.codes[i] = nearest[i];
  }
  rounded.error = mean(errors);
  for (std::int64_t i = 0; i < nearest.size(); ++i)
    rounded.changed += rounded.codes[i] != nearest[i] ? 1 : 0;
  return rounded;
}

}  // namespace systole
