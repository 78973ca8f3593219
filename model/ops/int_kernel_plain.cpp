// int_kernel_plain.cpp: the loops in plain C++, whose integers all others must give.
#include "model/ops/int_kernel_loops.h"

namespace systole {
namespace {

struct Plain {
  static constexpr int kLanes = 4;
  static constexpr int kRows[] = {4, 2, 0};
  struct Register {
    std::uint32_t lane[kLanes];
  };

  static Register load(const void* p) {
    Register r;
    __builtin_memcpy(&r, p, sizeof r);
    return r;
  }
  static void store(std::int32_t* p, const Register& r) { __builtin_memcpy(p, &r, sizeof r); }
  static Register repeat(const void* p) {
    std::uint32_t word = 0;
    __builtin_memcpy(&word, p, sizeof word);
    return {{word, word, word, word}};
  }
  static Register widen(const std::int16_t* p) {
    Register r;
    for (int i = 0; i < kLanes; ++i) r.lane[i] = static_cast<std::uint16_t>(p[i]);
    return r;
  }
  static Register widen(const std::uint8_t* p) { return {{p[0], p[1], p[2], p[3]}}; }
  static std::int32_t code(std::uint32_t bits) { return static_cast<std::int16_t>(bits); }
  static Register add_products(Register sum, const Register& x, const Register& w) {
    for (int i = 0; i < kLanes; ++i) {
      sum.lane[i] += static_cast<std::uint32_t>(code(x.lane[i]) * code(w.lane[i]));
      sum.lane[i] += static_cast<std::uint32_t>(code(x.lane[i] >> 16) * code(w.lane[i] >> 16));
    }
    return sum;
  }
};

constexpr IntLoops kLoops = loops_over<Plain>();

}  // namespace

const IntLoops& plain_int_loops() { return kLoops; }

}  // namespace systole
