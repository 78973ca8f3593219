// int_kernel_sse2.cpp: the loops with what every x86-64 processor has: pmaddwd on 4 sums.
#include <emmintrin.h>

#include "model/ops/int_kernel_loops.h"

namespace systole {
namespace {

struct Sse2 {
  static constexpr int kLanes = 4;
  static constexpr int kRows[] = {4, 4, 0};
  using Register = __m128i;

  static Register load(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
  static void store(std::int32_t* p, Register r) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), r);
  }
  static Register repeat(const void* p) {
    return _mm_set1_epi32(_mm_cvtsi128_si32(_mm_loadu_si32(p)));
  }
  static Register widen(const std::int16_t* p) {
    return _mm_unpacklo_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)),
                              _mm_setzero_si128());
  }
  static Register widen(const std::uint8_t* p) {
    const Register zero = _mm_setzero_si128();
    return _mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_loadu_si32(p), zero), zero);
  }
  static Register add_products(Register sum, Register x, Register w) {
    return _mm_add_epi32(sum, _mm_madd_epi16(x, w));
  }
};

constexpr IntLoops kLoops = loops_over<Sse2>();

}  // namespace

const IntLoops& sse2_int_loops() { return kLoops; }

}  // namespace systole
