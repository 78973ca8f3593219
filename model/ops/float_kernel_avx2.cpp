// float_kernel_avx2.cpp: vectors of 8.
#include "model/ops/float_kernel_loops.h"

namespace systole {
namespace {

struct Floats8 {
  static constexpr int kLanes = 8;
  static constexpr int kRows = 4;
  static constexpr int kVectors = 2;
  using Register [[gnu::vector_size(kLanes * sizeof(float))]] = float;
};

}  // namespace

void multiply_float_avx2(const FloatProduct& p) { multiply_float_columns<Floats8>(p); }

}  // namespace systole
