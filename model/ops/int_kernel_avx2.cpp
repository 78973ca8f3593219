// int_kernel_avx2.cpp: the loops with vpmaddwd on 8 sums. vpmaddubsw, the product of 8-bit codes,
// saturates at 16 bits: it is not exact.
#include <immintrin.h>

#include "model/ops/int_kernel_loops.h"

namespace systole {
namespace {

struct Avx2 {
  static constexpr int kLanes = 8;
  static constexpr int kRows[] = {8, 4, 0};
  using Register = __m256i;

  static Register load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store(std::int32_t* p, Register r) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), r);
  }
  static Register repeat(const void* p) { return _mm256_broadcastd_epi32(_mm_loadu_si32(p)); }
  static Register widen(const std::int16_t* p) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Register widen(const std::uint8_t* p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
  static Register add_products(Register sum, Register x, Register w) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w));
  }
};

constexpr IntLoops kLoops = loops_over<Avx2>();

}  // namespace

const IntLoops& avx2_int_loops() { return kLoops; }

}  // namespace systole
