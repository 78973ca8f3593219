// recipe.h: how a float network is to be quantised: defaults, and what single slots want otherwise.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/config/error.h"
#include "model/config/value.h"
#include "model/ops/rounding.h"
#include "model/quant/adaround.h"
#include "model/quant/quant_spec.h"
#include "model/quant/range_encoding.h"
#include "model/quant/range_methods.h"
#include "model/quant/scale_format.h"
#include "model/quant/smooth_quant.h"
#include "model/quant/tensor_encoding.h"

namespace systole {

/// Whether codes have a sign. `kAuto`: symmetric codes have one unless the tensor was never
/// negative; affine codes have none.
enum class CodeSign : std::uint8_t { kAuto, kSigned, kUnsigned };

/// How the quantizer of one tensor is found.
struct QuantizerRecipe {
  int bits = 8;  ///< 2..16. Not of a float format.
  CodeSign sign = CodeSign::kAuto;
  bool is_symmetric = true;
  bool is_narrow = false;
  SymmetricFit fit = SymmetricFit::kHighEnd;
  std::optional<FloatFormat> float_format = {};  ///< Instead of integers.
  Granularity granularity = PerTensor{};         ///< Axes may be negative: counted from the end.
  RangeMethod method = MinMax{};
  Rounding rounding = Rounding::kHalfEven;
  /// Weights only: roundings chosen by the layer's own output.
  std::optional<RoundingOptions> learned_rounding = {};

  bool operator==(const QuantizerRecipe&) const = default;
};

/// No quantizer: reals stay reals.
struct NoQuantizer {
  bool operator==(const NoQuantizer&) const = default;
};
/// One quantizer, and one range, for all slots that name it.
struct SharedQuantizer {
  std::string name;
  bool operator==(const SharedQuantizer&) const = default;
};
/// The user's own numbers.
struct LiteralQuantizer {
  IntFormat format;
  Granularity granularity = PerTensor{};
  Rounding rounding = Rounding::kHalfEven;
  std::vector<double> scale;             ///< Δ: one, or one per group.
  std::vector<std::int32_t> zero_point;  ///< Likewise; empty: 0.
  bool operator==(const LiteralQuantizer&) const = default;
};
/// Numbers for a slot by its name in a file of encodings: a tensor's, or "OP.weight".
struct NamedLiteral {
  std::string file;
  std::string name;
  LiteralQuantizer quantizer;
};
using SlotChoice = std::variant<NoQuantizer, QuantizerRecipe, SharedQuantizer, LiteralQuantizer>;

/// Part of an override: one slot of the ops that it names.
struct SlotOverride {
  enum class Kind : std::uint8_t { kInput, kParam, kOutput } kind;
  std::size_t index = 0;  ///< Of an input.
  std::string param = {};
  Value value;
};
/// What the ops that a name or glob matches want otherwise.
struct Override {
  Location where;
  std::string key;  ///< In the file, for errors.
  std::string ops;  ///< An op's or input's name, or a glob: * ? [..].
  std::optional<bool> skip = {};
  std::vector<SlotOverride> slots;
};

/// How a tool holds scales and computes with them.
struct QuantizerConvention {
  Arithmetic arithmetic = Arithmetic::kDouble;
  ScaleKind scale_is = ScaleKind::kStep;

  bool operator==(const QuantizerConvention&) const = default;
};

/// SmoothQuant before anything else (`smooth_quant.h`).
struct SmoothRecipe {
  Location where = {};
  SmoothOptions options = {};
  std::vector<std::string> ops;  ///< Names or globs; empty: every conv2d and linear.
};

/// The defaults are the project's: symmetric min-max, weights per channel.
struct Recipe {
  QuantizerRecipe weights = {
      .sign = CodeSign::kSigned, .is_narrow = true, .granularity = PerChannel{.axis = -1}};
  QuantizerRecipe activations = {};
  /// A projection branch on its way to the addition.
  QuantizerRecipe residuals = {.sign = CodeSign::kSigned};
  /// The network's outputs.
  QuantizerRecipe outputs = {.bits = 16, .sign = CodeSign::kSigned};
  /// What only ops on the host and additions read: a residual stream, attention scores.
  QuantizerRecipe streams = {.bits = 16, .sign = CodeSign::kSigned};
  int probability_factor = 255;             ///< The code of probability 1, in [1, 256].
  Rounding rounding = Rounding::kHalfEven;  ///< Of requantisation.
  ScaleFormat scale = {};
  QuantizerConvention convention = {};
  bool folds_norms = false;  ///< Batch norms become weights before weights are quantised.
  /// Activations are observed behind weights on their grids, as AIMET does, not behind float ones.
  bool observes_quantised_weights = false;
  std::optional<SmoothRecipe> smooth = {};
  std::map<std::string, QuantizerRecipe> shared = {};
  std::vector<NamedLiteral> literals = {};  ///< Overrides change them, too.
  std::vector<Override> overrides = {};
};

/// The range method and rounding, for reports: "percentile 99.99", "mse, adaround".
std::string describe(const QuantizerRecipe& recipe);

/// Reads a recipe file. Throws InputError on anything malformed; whether the ops that overrides
/// name exist is checked against a network by `resolve_slots`.
Recipe load_recipe(const std::string& path);

/// One slot's value: `none`, a shared quantizer's name, a literal (has `scale`), or keys that
/// change `base`.
SlotChoice read_slot(const Value& value, const QuantizerRecipe& base);

}  // namespace systole
