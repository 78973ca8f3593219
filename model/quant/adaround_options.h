// adaround_options.h: how roundings of weights are learned.
#pragma once

#include <cstdint>

namespace systole {

/// Of AdaRound (`adaround.h`).
struct RoundingOptions {
  int iterations = 1000;
  int batch = 32;        ///< Images (of a Linear: rows) per iteration, drawn at random.
  int positions = 16;    ///< Output pixels per image and iteration, drawn at random; all, if fewer.
  double rate = 0.05;    ///< Adam's.
  double warm_up = 0.2;  ///< Share of the iterations before the penalty.
  double beta_start = 20;  ///< The penalty's exponent falls evenly from this after the warm-up
  double beta_end = 2;     ///< to this at the end.
  double lambda = 20;      ///< The penalty's weight.
  /// QDrop (Wei et al. 2022, arXiv:2203.05740): in every iteration every element of the input is
  /// the float one with this probability.
  double drop_probability = 0;
  std::uint32_t seed = 1;

  bool operator==(const RoundingOptions&) const = default;
};

}  // namespace systole
