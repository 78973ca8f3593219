// kinds.cpp: which ops of an integer network take and give integers, and which reals.
#include "model/network/kinds.h"

#include <algorithm>

namespace systole {
namespace {

enum class Kind { kIntegers, kReals, kEither, kSame };

template <class... Ops>
bool is_one_of(const IntOp& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

Kind accepted(const IntOp& op) {
  if (is_one_of<QuantizeReal>(op)) return Kind::kReals;
  if (is_one_of<FloatMulShift, FloatIsland, IntConstant>(op)) return Kind::kEither;
  if (is_one_of<IntFlatten, IntConcat, Pad, Reshape, Transpose, Slice, Roll>(op))
    return Kind::kSame;
  return Kind::kIntegers;
}

}  // namespace

bool gives_reals(const IntOp& op, const std::vector<bool>& operands_real) {
  if (is_one_of<FloatMulShift, FloatIsland, Dequantize>(op)) return true;
  return accepted(op) == Kind::kSame && operands_real.at(0);
}

void check_kinds(const std::string& key, const IntOp& op, const std::vector<bool>& operands_real,
                 const Location& where) {
  const auto count = std::count(operands_real.begin(), operands_real.end(), true);
  const bool any = count > 0, all = count == std::ssize(operands_real);
  const auto error = [&](const std::string& got, const std::string& expected,
                         const std::string& hint) {
    return InputError({.where = where, .key = key, .got = got, .expected = expected, .hint = hint});
  };
  switch (accepted(op)) {
    case Kind::kIntegers:
      if (any) throw error("an operand of reals", "integers", "put a quantize op in front");
      break;
    case Kind::kReals:
      if (!all)
        throw error("an operand of integers", "reals",
                    "a mul_quant or a requantise rescales integers");
      break;
    case Kind::kSame:
      if (any && !all)
        throw error("integers and reals", "operands of one kind",
                    "put a quantize or a dequantize op in front of one");
      break;
    case Kind::kEither:
      break;
  }
}

}  // namespace systole
