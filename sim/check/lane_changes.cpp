// lane_changes.cpp: the equation in terms that can be changed one by one.
#include "sim/check/lane_changes.h"

#include <algorithm>
#include <compare>
#include <functional>

namespace systole {
namespace {

/// The bits of an output code.
constexpr int kCodeBits = 17;

std::int64_t low_bits(std::int64_t value, int bits) {
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused) >> unused;
}

std::int64_t without_sign(std::int64_t value, int bits) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) &
                                   ((std::uint64_t{1} << bits) - 1));
}

enum class Clamp { kBoth, kLowOnly, kHighOnly, kNone, kBeforeZeroPoint };

/// An element's operands and constants; a change replaces some of them.
struct Terms {
  std::int64_t acc = 0, scale = 0, bias = 0;
  std::int64_t residual = 0, residual_scale = 0;
  int residual_shift = 0, shift = 0, product_bits = 64;
  Rounding rounding = Rounding::kHalfEven;
  bool toward_zero = false;           ///< Instead of `rounding`.
  bool negatives_down = false;        ///< Negative values are not rounded at all.
  std::int64_t added = 0, taken = 0;  ///< Zero points.
  bool subtracts = false;
  std::int64_t lo = 0, hi = 0;
  Clamp clamp = Clamp::kBoth;
};

Terms terms_of(const LaneSample& sample, const MulQuantChannel& channel, const MulQuant& op) {
  Terms terms;
  terms.acc = sample.acc;
  terms.scale = channel.scale;
  terms.bias = channel.bias;
  terms.residual = sample.residual;
  terms.residual_scale = channel.residual_scale;
  terms.residual_shift = channel.residual_shift;
  terms.shift = channel.shift;
  terms.rounding = op.rounding;
  terms.added = terms.taken = op.zero_point;
  terms.subtracts = op.zero_point_form == ZeroPointForm::kSubtract;
  terms.lo = op.clamp.lo;
  terms.hi = op.clamp.hi;
  return terms;
}

std::int64_t clamped(std::int64_t value, const Terms& terms) {
  const bool has_low = terms.clamp != Clamp::kHighOnly && terms.clamp != Clamp::kNone;
  const bool has_high = terms.clamp != Clamp::kLowOnly && terms.clamp != Clamp::kNone;
  if (has_low) value = std::max(value, terms.lo);
  if (has_high) value = std::min(value, terms.hi);
  return value;
}

std::int64_t rounded(std::int64_t sum, const Terms& terms) {
  const std::int64_t floor = round_shift(sum, terms.shift, Rounding::kFloor);
  if (terms.toward_zero) return sum < 0 && (floor << terms.shift) != sum ? floor + 1 : floor;
  if (terms.negatives_down && sum < 0) return floor;
  return round_shift(sum, terms.shift, terms.rounding);
}

/// The equation of mul_quant. It wraps where a change leaves the range that the op keeps to.
std::int32_t evaluate(const Terms& terms) {
  const auto times = [](std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  };
  const auto plus = [](std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  };
  const std::int64_t product = low_bits(times(terms.acc, terms.scale), terms.product_bits);
  const auto extra = static_cast<std::int64_t>(
      static_cast<std::uint64_t>(times(terms.residual, terms.residual_scale))
      << terms.residual_shift);
  const std::int64_t value = rounded(plus(plus(product, terms.bias), extra), terms);
  std::int64_t code = 0;
  if (terms.clamp == Clamp::kBeforeZeroPoint)
    code = plus(clamped(value, terms), terms.added);
  else
    code = clamped(plus(value, terms.added), terms);
  if (terms.subtracts) code = clamped(plus(code, -terms.taken), terms);
  return static_cast<std::int32_t>(low_bits(code, kCodeBits));
}

struct Neighbours {
  const MulQuantChannel& before;
  const MulQuantChannel& after;
};

struct Change {
  const char* stage;
  const char* kind;
  std::function<void(Terms&, const Neighbours&)> apply;
};

const std::vector<Change>& changes() {
  static const std::vector<Change> all = {
      {"multiply", "the scale of the channel before",
       [](Terms& t, const Neighbours& n) { t.scale = n.before.scale; }},
      {"multiply", "the scale of the channel after",
       [](Terms& t, const Neighbours& n) { t.scale = n.after.scale; }},
      {"multiply", "the scale cut to 16 bits",
       [](Terms& t, const Neighbours&) { t.scale = low_bits(t.scale, 16); }},
      {"multiply", "the scale without its sign",
       [](Terms& t, const Neighbours&) { t.scale = without_sign(t.scale, 32); }},
      {"multiply", "the accumulator cut to 16 bits",
       [](Terms& t, const Neighbours&) { t.acc = low_bits(t.acc, 16); }},
      {"multiply", "the accumulator cut to 24 bits",
       [](Terms& t, const Neighbours&) { t.acc = low_bits(t.acc, 24); }},
      {"multiply", "the accumulator without its sign",
       [](Terms& t, const Neighbours&) { t.acc = without_sign(t.acc, 32); }},
      {"multiply", "the product cut to 32 bits",
       [](Terms& t, const Neighbours&) { t.product_bits = 32; }},
      {"multiply", "no product", [](Terms& t, const Neighbours&) { t.acc = 0; }},

      {"bias", "the bias of the channel before",
       [](Terms& t, const Neighbours& n) { t.bias = n.before.bias; }},
      {"bias", "the bias of the channel after",
       [](Terms& t, const Neighbours& n) { t.bias = n.after.bias; }},
      {"bias", "no bias", [](Terms& t, const Neighbours&) { t.bias = 0; }},
      {"bias", "the bias cut to 32 bits",
       [](Terms& t, const Neighbours&) { t.bias = low_bits(t.bias, 32); }},
      {"bias", "the bias cut to 16 bits",
       [](Terms& t, const Neighbours&) { t.bias = low_bits(t.bias, 16); }},
      {"bias", "the bias subtracted", [](Terms& t, const Neighbours&) { t.bias = -t.bias; }},

      {"residual", "no residual", [](Terms& t, const Neighbours&) { t.residual = 0; }},
      {"residual", "the residual without its sign",
       [](Terms& t, const Neighbours&) { t.residual = without_sign(t.residual, kCodeBits); }},
      {"residual", "the residual cut to 8 bits",
       [](Terms& t, const Neighbours&) { t.residual = low_bits(t.residual, 8); }},
      {"residual", "the residual subtracted",
       [](Terms& t, const Neighbours&) { t.residual = -t.residual; }},
      {"residual", "the residual not shifted",
       [](Terms& t, const Neighbours&) { t.residual_shift = 0; }},
      {"residual", "the residual not scaled",
       [](Terms& t, const Neighbours&) { t.residual_scale = 1; }},
      {"residual", "the residual's scale of the channel before",
       [](Terms& t, const Neighbours& n) { t.residual_scale = n.before.residual_scale; }},
      {"residual", "the residual's scale of the channel after",
       [](Terms& t, const Neighbours& n) { t.residual_scale = n.after.residual_scale; }},

      {"round", "rounded down", [](Terms& t, const Neighbours&) { t.rounding = Rounding::kFloor; }},
      {"round", "ties rounded up",
       [](Terms& t, const Neighbours&) { t.rounding = Rounding::kHalfUp; }},
      {"round", "ties rounded to even",
       [](Terms& t, const Neighbours&) { t.rounding = Rounding::kHalfEven; }},
      {"round", "ties rounded away from zero",
       [](Terms& t, const Neighbours&) { t.rounding = Rounding::kHalfAway; }},
      {"round", "rounded toward zero", [](Terms& t, const Neighbours&) { t.toward_zero = true; }},
      {"round", "negative values rounded down",
       [](Terms& t, const Neighbours&) { t.negatives_down = true; }},
      {"round", "the shift of the channel before",
       [](Terms& t, const Neighbours& n) { t.shift = n.before.shift; }},
      {"round", "the shift of the channel after",
       [](Terms& t, const Neighbours& n) { t.shift = n.after.shift; }},
      {"round", "a shift by one bit less",
       [](Terms& t, const Neighbours&) { t.shift = std::max(t.shift - 1, 0); }},
      {"round", "a shift by one bit more",
       [](Terms& t, const Neighbours&) { t.shift = std::min(t.shift + 1, 62); }},

      {"zero_point", "no zero point", [](Terms& t, const Neighbours&) { t.added = t.taken = 0; }},
      {"zero_point", "the zero point subtracted",
       [](Terms& t, const Neighbours&) { t.added = -t.added; }},
      {"zero_point", "the zero point cut to 8 bits",
       [](Terms& t, const Neighbours&) { t.added = t.taken = low_bits(t.added, 8); }},
      {"zero_point", "the zero point taken off at the end, or not, as the other form does",
       [](Terms& t, const Neighbours&) { t.subtracts = !t.subtracts; }},
      {"zero_point", "the zero point added behind the clamp",
       [](Terms& t, const Neighbours&) { t.clamp = Clamp::kBeforeZeroPoint; }},

      {"clamp", "no clamp", [](Terms& t, const Neighbours&) { t.clamp = Clamp::kNone; }},
      {"clamp", "no lower bound", [](Terms& t, const Neighbours&) { t.clamp = Clamp::kHighOnly; }},
      {"clamp", "no upper bound", [](Terms& t, const Neighbours&) { t.clamp = Clamp::kLowOnly; }},
      {"clamp", "the lower bound one too low", [](Terms& t, const Neighbours&) { --t.lo; }},
      {"clamp", "the lower bound one too high", [](Terms& t, const Neighbours&) { ++t.lo; }},
      {"clamp", "the upper bound one too low", [](Terms& t, const Neighbours&) { --t.hi; }},
      {"clamp", "the upper bound one too high", [](Terms& t, const Neighbours&) { ++t.hi; }},
      {"clamp", "the upper bound cut to 8 bits",
       [](Terms& t, const Neighbours&) { t.hi = low_bits(t.hi, 8); }},
      {"clamp", "the upper bound cut to 8 bits without sign",
       [](Terms& t, const Neighbours&) { t.hi = without_sign(t.hi, 8); }},
      {"clamp", "the lower bound cut to 8 bits",
       [](Terms& t, const Neighbours&) { t.lo = low_bits(t.lo, 8); }},
      {"clamp", "the lower bound without its sign",
       [](Terms& t, const Neighbours&) { t.lo = without_sign(t.lo, kCodeBits); }},
  };
  return all;
}

/// How far a change is from giving what was seen; the smaller the better.
struct Misfit {
  std::int64_t unexplained = 0, contradicted = 0;
  auto operator<=>(const Misfit&) const = default;
};

/// Stops when the misfit is larger than `most`. Wrong samples come first.
Misfit misfit_of(const Change& change, std::span<const LaneSample> samples, const MulQuant& op,
                 const Misfit& most) {
  const std::size_t per_token = op.channels.size() / static_cast<std::size_t>(op.tokens);
  const auto last = static_cast<std::int64_t>(std::max<std::size_t>(per_token, 1)) - 1;
  Misfit misfit;
  for (const LaneSample& sample : samples) {
    const std::int64_t c = std::min(sample.channel, last);
    Terms terms = terms_of(sample, op.channel(sample.row, c), op);
    change.apply(terms, {op.channel(sample.row, std::max<std::int64_t>(c - 1, 0)),
                         op.channel(sample.row, std::min(c + 1, last))});
    if (evaluate(terms) == sample.got) continue;
    ++(sample.got != sample.expected ? misfit.unexplained : misfit.contradicted);
    if (misfit > most) break;
  }
  return misfit;
}

}  // namespace

std::size_t count_lane_changes() { return changes().size(); }

std::vector<LaneChange> find_lane_changes(std::span<const LaneSample> samples, const MulQuant& op) {
  // Wrong elements first: most changes are ruled out by the first of them.
  std::vector<LaneSample> sorted(samples.begin(), samples.end());
  const auto right =
      std::stable_partition(sorted.begin(), sorted.end(),
                            [](const LaneSample& sample) { return sample.got != sample.expected; });
  std::vector<LaneChange> best;
  const std::int64_t wrong = right - sorted.begin();
  if (wrong == 0) return best;
  Misfit least{wrong * 3 / 10, wrong};
  for (const Change& change : changes()) {
    const Misfit misfit = misfit_of(change, sorted, op, least);
    if (misfit > least || misfit.contradicted > wrong) continue;
    if (misfit < least) best.clear();
    least = misfit;
    best.push_back({change.stage, change.kind, misfit.unexplained, misfit.contradicted});
  }
  return best;
}

}  // namespace systole
