// tensor_observer.h: watches every group of a tensor and gives its quantizer.
#pragma once

#include <string>
#include <vector>

#include "model/quant/range_observer.h"
#include "model/quant/recipe.h"
#include "model/quant/tensor_encoding.h"
#include "model/tensor/tensor.h"

namespace systole {

/// `granularity` with axes counted from 0. Throws InputError about `name` where there is no such
/// axis.
Granularity with_positive_axes(const Granularity& granularity, std::size_t rank,
                               const std::string& name);

/// One `RangeObserver` per group; what it says of batches and their order holds here.
class TensorObserver {
 public:
  /// Throws InputError, naming `name`, where the method has no rule for the recipe's format.
  TensorObserver(std::string name, const QuantizerRecipe& recipe);

  /// Throws InputError where a value is not finite or the groups are not those of earlier batches.
  void observe(const FloatTensor& tensor);

  /// The quantizer that the recipe asks for. Throws InputError when nothing was observed, or when
  /// unsigned symmetric codes were asked for a tensor with negative numbers.
  Encoding encoding(const QuantizerConvention& convention) const;

 private:
  std::string name_;
  QuantizerRecipe recipe_;
  Granularity granularity_ = PerTensor{};
  Shape shape_;  ///< Of the groups.
  std::vector<RangeObserver> groups_;
};

/// The quantizer that a recipe gives a tensor of known elements, such as a weight.
Encoding encode_tensor(const std::string& name, const QuantizerRecipe& recipe,
                       const FloatTensor& tensor, const QuantizerConvention& convention);

/// The user's numbers for a tensor of `shape`. Throws InputError where their count does not fit.
Encoding encode_literal(const std::string& name, const LiteralQuantizer& literal,
                        const Shape& shape);

}  // namespace systole
