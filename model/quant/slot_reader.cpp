// slot_reader.cpp: one slot's quantizer from YAML.
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "model/network/names.h"
#include "model/quant/recipe.h"
#include "model/quant/recipe_values.h"

namespace systole {
namespace {

constexpr std::array<std::string_view, 4> kFloatNames = {"E4M3", "E5M2", "E3M4", "FP16"};

FloatFormat read_float_format(const Value& value) {
  if (value.is_scalar()) {
    constexpr std::array kFormats = {float8_e4m3, float8_e5m2, float8_e3m4, float16};
    return kFormats[value.as_choice(kFloatNames)]();
  }
  value.expect_keys(
      {"exponent_bits", "mantissa_bits", "bias", "specials", "subnormals", "saturates"});
  FloatFormat format;
  format.exponent_bits = static_cast<int>(value.get("exponent_bits").as_int(1, 8));
  format.mantissa_bits = static_cast<int>(value.get("mantissa_bits").as_int(0, 23));
  format.bias = (1 << (format.exponent_bits - 1)) - 1;
  if (const auto bias = value.find("bias")) format.bias = static_cast<int>(bias->as_int(-127, 254));
  constexpr std::array<std::string_view, 3> kSpecials = {"ieee", "nan_only", "none"};
  if (const auto specials = value.find("specials"))
    format.specials = static_cast<FloatSpecials>(specials->as_choice(kSpecials));
  if (const auto it = value.find("subnormals")) format.has_subnormals = it->as_bool();
  if (const auto it = value.find("saturates")) format.saturates = it->as_bool();
  check_format(format, value.key());
  return format;
}

Granularity read_granularity(const Value& value) {
  constexpr std::array<std::string_view, 3> kNames = {"tensor", "channel", "token"};
  if (value.is_scalar()) {
    switch (value.as_choice(kNames)) {
      case 0:
        return PerTensor{};
      case 1:
        return PerChannel{.axis = -1};
      default:
        return PerToken{.axis = -2};
    }
  }
  value.expect_keys({"channel", "token", "blocks"});
  if (value.keys().size() != 1)
    throw value.error("one of {channel: AXIS}, {token: AXIS}, {blocks: [SIZES]}");
  constexpr std::int64_t kMostAxes = 16;
  if (const auto axis = value.find("channel"))
    return PerChannel{static_cast<int>(axis->as_int(-kMostAxes, kMostAxes))};
  if (const auto axis = value.find("token"))
    return PerToken{static_cast<int>(axis->as_int(-kMostAxes, kMostAxes))};
  Blocks blocks;
  for (const Value& size : value.get("blocks").items())
    blocks.sizes.push_back(size.is_scalar() && size.as_string() == "all"
                               ? kWholeAxis
                               : size.as_int(1, std::int64_t{1} << 31));
  return blocks;
}

constexpr std::array<std::string_view, 9> kMethods = {
    "minmax", "moving_average", "percentile", "mse", "sqnr", "kl", "sawb", "lsq", "rcf"};

RangeMethod plain_method(std::size_t index) {
  constexpr std::array<RangeMethod, kMethods.size()> kAll = {
      MinMax{},     MovingAverageMinMax{}, Percentile{}, MseSearch{},
      SqnrSearch{}, KlEntropy{},           Sawb{},       LsqStep{},
      Rcf{}};
  return kAll[index];
}

RangeMethod read_method(const Value& value) {
  if (value.is_scalar()) return plain_method(value.as_choice(kMethods));
  value.expect_keys({"moving_average", "percentile", "sqnr"});
  if (value.keys().size() != 1)
    throw value.error(
        "one of {moving_average: MOMENTUM}, {percentile: PERCENT}, "
        "{sqnr: CLIP_WEIGHT}");
  const Value number = value.get(value.keys()[0]);
  RangeMethod method = MovingAverageMinMax{.momentum = number.as_real()};
  if (value.keys()[0] == "percentile") method = Percentile{.percent = number.as_real()};
  if (value.keys()[0] == "sqnr") method = SqnrSearch{.clip_weight = number.as_real()};
  at_value(number, [&] { check_method(method, number.key()); });
  return method;
}

void read_learned(const Value& value, std::string_view name, QuantizerRecipe& recipe) {
  RoundingOptions options;
  if (name == "qdrop") options.drop_probability = 0.5;
  if (value.is_map()) {
    value.expect_keys({"iterations", "batch", "positions", "rate", "warm_up", "beta_start",
                       "beta_end", "lambda", "drop", "seed"});
    const auto integer = [&](std::string_view key, auto& target, std::int64_t lo, std::int64_t hi) {
      if (const auto it = value.find(key))
        target = static_cast<std::decay_t<decltype(target)>>(it->as_int(lo, hi));
    };
    const auto real = [&](std::string_view key, double& target, double lo, double hi) {
      if (const auto it = value.find(key)) target = it->as_real(lo, hi);
    };
    integer("iterations", options.iterations, 1, 1000000);
    integer("batch", options.batch, 1, 65536);
    integer("positions", options.positions, 1, 65536);
    integer("seed", options.seed, 0, 4294967295);
    real("rate", options.rate, 1e-9, 10);
    real("warm_up", options.warm_up, 0, 1);
    real("beta_start", options.beta_start, 1, 100);
    real("beta_end", options.beta_end, 1, 100);
    real("lambda", options.lambda, 0, 1e6);
    real("drop", options.drop_probability, 0, 1);
  }
  recipe.learned_rounding = options;
}

void read_rounding(const Value& value, QuantizerRecipe& recipe) {
  if (value.is_map()) {
    value.expect_keys({"adaround", "qdrop"});
    if (value.keys().size() != 1) throw value.error("adaround or qdrop, one of them");
    read_learned(value.get(value.keys()[0]), value.keys()[0], recipe);
    return;
  }
  const std::string& text = value.as_string();
  if (text == "adaround" || text == "qdrop") return read_learned(value, text, recipe);
  recipe.rounding = read_rounding_mode(value);
  recipe.learned_rounding.reset();
}

LiteralQuantizer read_literal(const Value& value, const QuantizerRecipe& base) {
  value.expect_keys({"scale", "zero_point", "bits", "signed", "narrow", "granularity"});
  LiteralQuantizer literal{.format = {.bits = base.bits, .is_signed = true},
                           .rounding = base.rounding};
  for (const Value& scale : value.get("scale").is_sequence()
                                ? value.get("scale").items()
                                : std::vector<Value>{value.get("scale")}) {
    literal.scale.push_back(scale.as_real());
    if (!(literal.scale.back() > 0)) throw scale.error("a scale above 0");
  }
  if (const auto zero = value.find("zero_point"))
    for (const Value& z : zero->is_sequence() ? zero->items() : std::vector<Value>{*zero})
      literal.zero_point.push_back(static_cast<std::int32_t>(z.as_int(-(1 << 30), 1 << 30)));
  if (const auto it = value.find("bits")) literal.format.bits = read_bits(*it, true);
  literal.format.is_signed = value.get("signed").as_bool();
  if (const auto it = value.find("narrow")) literal.format.is_narrow = it->as_bool();
  for (const std::int32_t z : literal.zero_point) literal.format.is_symmetric &= z == 0;
  if (const auto it = value.find("granularity")) literal.granularity = read_granularity(*it);
  at_value(value, [&] { check_format(literal.format, value.key()); });
  return literal;
}

}  // namespace

int read_bits(const Value& value, bool of_bias) {
  const std::int64_t bits = value.as_int();
  if ((bits < 2 || bits > 16) && !(of_bias && bits == 32))
    throw value.error(of_bias ? "2 to 16 bits, or 32 of a bias" : "2 to 16 bits");
  return static_cast<int>(bits);
}

Rounding read_rounding_mode(const Value& value) {
  constexpr std::array<std::string_view, 4> kNames = {"half_even", "half_up", "half_away", "floor"};
  return static_cast<Rounding>(value.as_choice(kNames));
}

QuantizerRecipe read_quantizer(const Value& value, QuantizerRecipe recipe) {
  value.expect_keys({"bits", "signed", "symmetric", "narrow", "fit", "format", "granularity",
                     "method", "rounding"});
  if (const auto it = value.find("bits")) recipe.bits = read_bits(*it, false);
  if (const auto it = value.find("signed")) {
    const bool is_auto = it->is_scalar() && it->as_string() == "auto";
    recipe.sign = is_auto         ? CodeSign::kAuto
                  : it->as_bool() ? CodeSign::kSigned
                                  : CodeSign::kUnsigned;
  }
  if (const auto it = value.find("symmetric")) recipe.is_symmetric = it->as_bool();
  if (const auto it = value.find("narrow")) recipe.is_narrow = it->as_bool();
  constexpr std::array<std::string_view, 3> kFits = {"both_ends", "high_end", "even_steps"};
  if (const auto it = value.find("fit"))
    recipe.fit = static_cast<SymmetricFit>(it->as_choice(kFits));
  if (const auto it = value.find("format")) {
    recipe.float_format.reset();
    if (!it->is_scalar() || it->as_string() != "int") recipe.float_format = read_float_format(*it);
  }
  if (const auto it = value.find("granularity")) recipe.granularity = read_granularity(*it);
  if (const auto it = value.find("method")) recipe.method = read_method(*it);
  if (const auto it = value.find("rounding")) read_rounding(*it, recipe);
  if (recipe.sign == CodeSign::kUnsigned && recipe.is_narrow)
    throw value.error("signed codes where the range is narrow");
  return recipe;
}

std::string describe(const QuantizerRecipe& recipe) {
  std::string text(kMethods[recipe.method.index()]);
  if (const auto* m = std::get_if<Percentile>(&recipe.method))
    text += fmt::format(" {}", m->percent);
  if (const auto* m = std::get_if<MovingAverageMinMax>(&recipe.method))
    text += fmt::format(" {}", m->momentum);
  if (recipe.learned_rounding)
    text += recipe.learned_rounding->drop_probability > 0 ? ", qdrop" : ", adaround";
  return text;
}

SlotChoice read_slot(const Value& value, const QuantizerRecipe& base) {
  if (value.is_scalar()) {
    if (value.as_string() == "none") return NoQuantizer{};
    return SharedQuantizer{read_name(value)};
  }
  if (value.find("scale")) return read_literal(value, base);
  return read_quantizer(value, base);
}

}  // namespace systole
