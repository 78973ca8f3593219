// geometries.h: the designs that the tests of the fuzzer draw cases for.
#pragma once

#include <vector>

#include "sim/channel/beats.h"

namespace systole::test {

/// Square with gemmlowp's lanes, tall with narrow scales, wide with narrow operands.
inline std::vector<Geometry> three_geometries() {
  return {
      {.rows = 4, .cols = 4, .acc_depth = 12, .scale_bits = 32, .has_gemmlowp = 1},
      {.rows = 8, .cols = 4, .acc_depth = 72, .scale_bits = 16},
      {.rows = 4, .cols = 8, .acc_depth = 9, .scale_bits = 32, .act_bits = 6, .weight_bits = 5}};
}

}  // namespace systole::test
