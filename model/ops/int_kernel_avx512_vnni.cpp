// int_kernel_avx512_vnni.cpp: the loops with vpdpwssd and vpdpbusd, which do not saturate, on 16
// sums.
#include <immintrin.h>

#include "model/ops/int_kernel_loops.h"

namespace systole {
namespace {

struct Vnni16 {
  static constexpr int kLanes = 16;
  static constexpr int kRows[] = {8, 8, 4};
  using Register = __m512i;

  static Register load(const void* p) { return _mm512_loadu_si512(p); }
  static void store(std::int32_t* p, Register r) { _mm512_storeu_si512(p, r); }
  static Register repeat(const void* p) { return _mm512_broadcastd_epi32(_mm_loadu_si32(p)); }
  static Register widen(const std::int16_t* p) {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static Register widen(const std::uint8_t* p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Register add_products(Register sum, Register x, Register w) {
    return _mm512_dpwssd_epi32(sum, x, w);
  }
};

/// Words of four codes: x unsigned, w signed.
struct Vnni8 : Vnni16 {
  static Register add_products(Register sum, Register x, Register w) {
    return _mm512_dpbusd_epi32(sum, x, w);
  }
};

constexpr IntLoops with_8_bits(IntLoops loops) {
  loops.multiply8 = multiply_panel<Vnni8>;
  return loops;
}

constexpr IntLoops kLoops = with_8_bits(loops_over<Vnni16>());

}  // namespace

const IntLoops& avx512_vnni_int_loops() { return kLoops; }

}  // namespace systole
