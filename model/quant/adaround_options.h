// adaround_options.h: how roundings of weights are learned.
#pragma once

#include <cstdint>

namespace systole {

struct RoundingOptions {
  int iterations = 1000;
  int batch = 32;
  double rate = 0.01;
  double warm_up = 0.2;
  double beta_start = 20;
  double beta_end = 2;
  double lambda = 0.01;
  double drop_probability = 0;
  std::uint32_t seed = 1;

  bool operator==(const RoundingOptions&) const = default;
};

}  // namespace systole
