// int_kernel.cpp: which loops there are, and which of them this processor can run.
#include "model/ops/int_kernel.h"

#include "model/ops/int_kernel_loops.h"

namespace systole {

std::string_view to_string(IntKernel kernel) {
  switch (kernel) {
    case IntKernel::kPlain:
      return "plain";
    case IntKernel::kSse2:
      return "sse2";
    case IntKernel::kAvx2:
      return "avx2";
    case IntKernel::kAvx512Vnni:
      return "avx512_vnni";
  }
  return "";
}

std::vector<IntKernel> available_int_kernels() {
  std::vector<IntKernel> kernels = {IntKernel::kPlain};
#if defined(__x86_64__)
  kernels.push_back(IntKernel::kSse2);
  if (__builtin_cpu_supports("avx2")) kernels.push_back(IntKernel::kAvx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni"))
    kernels.push_back(IntKernel::kAvx512Vnni);
#endif
  return kernels;
}

IntKernel fastest_int_kernel() {
  static const IntKernel kernel = available_int_kernels().back();
  return kernel;
}

const IntLoops& loops_of(IntKernel kernel) {
  switch (kernel) {
    case IntKernel::kPlain:
      break;
#if defined(__x86_64__)
    case IntKernel::kSse2:
      return sse2_int_loops();
    case IntKernel::kAvx2:
      return avx2_int_loops();
    case IntKernel::kAvx512Vnni:
      return avx512_vnni_int_loops();
#else
    default:
      break;
#endif
  }
  return plain_int_loops();
}

}  // namespace systole
