// reconstruction.h: how far a layer's output is from its target, and which weights would bring it
// nearer.
#pragma once

#include <vector>

#include "model/quant/adaround.h"
#include "model/quant/layer_rows.h"
#include "model/quant/random_stream.h"

namespace systole {

/// Mean squared error of y per output channel over all samples, with these weights on the quantised
/// input.
std::vector<double> channel_errors(const LayerToRound& layer, const FloatTensor& weight,
                                   const LayerSamples& samples);

/// The gradient, to the weights, of
///
///   sum_channels factor_c mean_rows (y - target)^2
///
/// over some rows of the samples.
class ReconstructionGradient {
 public:
  /// All of `layer` and `samples` must fit and outlive this.
  ReconstructionGradient(const LayerToRound& layer, const LayerSamples& samples,
                         std::vector<double> factors, int threads = 1);

  const LayerRows& rows() const { return rows_; }

  /// Every element of the input is taken from the float one with `drop_probability`, as a function
  /// of `stream` and the element's number.
  FloatTensor at(const FloatTensor& weight, const std::vector<SampleRow>& rows,
                 double drop_probability, const RandomStream& stream);

 private:
  void gather(const std::vector<SampleRow>& rows, std::int64_t group, double drop_probability,
              const RandomStream& stream);
  void multiply(const FloatTensor& weight, const std::vector<SampleRow>& rows, std::int64_t group,
                std::int64_t block, FloatTensor& gradient);
  void to_slopes(const std::vector<SampleRow>& rows, std::int64_t group, std::int64_t begin,
                 std::int64_t end);

  const LayerToRound& layer_;
  const LayerSamples& samples_;
  LayerRows rows_;
  std::vector<double> factors_;
  int threads_;
  std::vector<float> patches_;     ///< [rows, depth] of one group,
  std::vector<float> transposed_;  ///< [depth, rows],
  std::vector<float> outputs_;     ///< [rows, outputs of a group]: products, then slopes.
};

}  // namespace systole
