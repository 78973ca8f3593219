// histograms.h: the distribution of every tensor that has a quantizer, beside that quantizer.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/fuse/quant_report.h"
#include "model/quant/encoded_network.h"
#include "model/quant/histogram.h"
#include "model/quant/samples.h"

namespace systole {

/// The reals that go into one quantizer.
struct TensorHistogram {
  std::string op;  ///< Makes the activation, or takes the weight or the operand; else the input.
  bool is_weight = false;
  Encoding encoding;
  TensorReport report;  ///< Elements and clipped are of what the histogram counts.
  Histogram values = {};
};

/// Activations as the float path computes them over `samples`, and float weights; those that have a
/// quantizer, inputs first, then op by op: operands with a quantizer of their own, weight, output.
/// Throws InputError as `calibrate` does, and of a value that is not finite.
std::vector<TensorHistogram> collect_histograms(const EncodedNetwork& encoded,
                                                const SampleSource& samples,
                                                const BatchOptions& options = {});

/// One object per tensor: what the report's table says of it, its op and kind, the bins
/// [k w, (k+1) w) from k = `first_bin` on, w = `bin_width`, without empty ones at the end; and the
/// scale, zero point and outermost codes where there is one scale for integers.
nlohmann::ordered_json to_json(const std::vector<TensorHistogram>& histograms);

}  // namespace systole
