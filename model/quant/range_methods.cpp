// range_methods.cpp: what each method accepts, and the quantizer of a range.
#include "model/quant/range_methods.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "model/network/overloaded.h"

namespace systole {
namespace {

[[noreturn]] void refuse(const std::string& key, const std::string& got,
                         const std::string& expected) {
  throw InputError({.where = {}, .key = key, .got = got, .expected = expected});
}

std::string describe(const CodeGrid& grid) {
  if (grid.is_affine) return fmt::format("affine codes of {} bits", grid.bits);
  return fmt::format("{} symmetric codes of {} bits", grid.is_signed ? "signed" : "unsigned",
                     grid.bits);
}

}  // namespace

Quantizer encode_range(const RealRange& range, const CodeGrid& grid) {
  if (grid.is_affine) return affine_encoding(range, grid.bits);
  if (grid.is_signed) return symmetric_encoding(range, grid.bits);
  return unsigned_encoding({0, std::max(range.hi, 0.0)}, grid.bits);
}

double largest_code(const CodeGrid& grid) {
  return static_cast<double>(IntType{grid.bits, grid.is_signed}.range().hi);
}

void check_method(const RangeMethod& method, const std::string& key) {
  // Written so that a NaN is refused, too.
  std::visit(Overloaded{[&](const MovingAverageMinMax& m) {
                          if (!(m.momentum > 0 && m.momentum <= 1))
                            refuse(key, fmt::format("momentum {}", m.momentum),
                                   "a momentum above 0 and at most 1");
                        },
                        [&](const Percentile& m) {
                          if (!(m.percent > 50 && m.percent <= 100))
                            refuse(key, fmt::format("percentile {}", m.percent),
                                   "a percentile above 50 and at most 100");
                        },
                        [&](const SqnrSearch& m) {
                          if (!(m.clip_weight > 0 && m.clip_weight <= 1e6))
                            refuse(key, fmt::format("clip weight {}", m.clip_weight),
                                   "a clip weight above 0 and at most 1e6");
                        },
                        [](const MinMax&) {}, [](const MseSearch&) {}, [](const KlEntropy&) {},
                        [](const Sawb&) {}, [](const LsqStep&) {}, [](const Rcf&) {}},
             method);
}

void check_grid(const RangeMethod& method, const CodeGrid& grid, const std::string& key) {
  if (grid.bits < 2 || grid.bits > 16) refuse(key, fmt::format("{} bits", grid.bits), "2..16 bits");
  if (std::holds_alternative<Sawb>(method) && (grid.is_affine || !grid.is_signed || grid.bits > 8))
    refuse(key, describe(grid), "signed symmetric codes of 2..8 bits for sawb");
  if (grid.is_affine && std::holds_alternative<LsqStep>(method))
    refuse(key, describe(grid), "symmetric codes for lsq");
  if (grid.is_affine && std::holds_alternative<Rcf>(method))
    refuse(key, describe(grid), "symmetric codes for rcf");
}

}  // namespace systole
