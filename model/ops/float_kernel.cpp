// float_kernel.cpp: which loops this processor can run.
#include "model/ops/float_kernel.h"

#include "model/ops/float_kernel_loops.h"

namespace systole {

std::vector<FloatKernel> available_float_kernels() {
  std::vector<FloatKernel> kernels = {{"plain", multiply_float_plain}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) kernels.push_back({"avx2", multiply_float_avx2});
  if (__builtin_cpu_supports("avx512f")) kernels.push_back({"avx512", multiply_float_avx512});
#endif
  return kernels;
}

}  // namespace systole
