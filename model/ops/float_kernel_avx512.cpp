// float_kernel_avx512.cpp: vectors of 16.
#include "model/ops/float_kernel_loops.h"

namespace systole {
namespace {

struct Floats16 {
  static constexpr int kLanes = 16;
  static constexpr int kRows = 4;
  static constexpr int kVectors = 4;
  using Register [[gnu::vector_size(kLanes * sizeof(float))]] = float;
};

}  // namespace

void multiply_float_avx512(const FloatProduct& p) { multiply_float_columns<Floats16>(p); }

}  // namespace systole
