// float_kernel_plain.cpp: vectors of 4, which every processor has in one way or another.
#include "model/ops/float_kernel_loops.h"

namespace systole {
namespace {

struct Floats4 {
  static constexpr int kLanes = 4;
  static constexpr int kRows = 2;
  static constexpr int kVectors = 4;
  using Register [[gnu::vector_size(kLanes * sizeof(float))]] = float;
};

}  // namespace

void multiply_float_plain(const FloatProduct& p) { multiply_float_columns<Floats4>(p); }

}  // namespace systole
