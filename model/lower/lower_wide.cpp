// lower_wide.cpp: products of codes that the array is too narrow for.
#include <fmt/format.h>

#include "model/lower/lowering.h"

namespace systole {

const Lowering::Parts& Lowering::parts_of(const Codes& x, std::int32_t zero_point) {
  const auto [place, is_new] = parts_.try_emplace({x.name, zero_point});
  if (is_new) {
    // Another zero point than the first user's is rare, but then these are other parts.
    const std::string base =
        names_.contains(x.name + ".high") ? fmt::format("{}.{}", x.name, zero_point) : x.name;
    place->second = {append(base + ".high", {x}, SplitCodes{CodePart::kHigh, zero_point}),
                     append(base + ".low", {x}, SplitCodes{CodePart::kLow, zero_point})};
  }
  return place->second;
}

template <class Product>
void Lowering::visit_wide_product(const IntNode& node, const Product& op) {
  const Parts& parts = parts_of(codes(node.inputs[0]), op.input_zero_point);
  const auto pass = [&](const std::string& suffix, const Codes& part, CodePart which) {
    Product product = op;
    product.input_zero_point = 0;
    if constexpr (std::is_same_v<Product, IntConv2d>)
      product.params.pad_value = split(op.params.pad_value, {which, op.input_zero_point});
    return append(node.name + suffix, {part}, std::move(product));
  };
  const Codes high = pass(".high", parts.high, CodePart::kHigh);
  const Codes low = pass(".low", parts.low, CodePart::kLow);
  Codes sums = append(node.name, {high, low}, JoinSums{});
  sums.is_joined = true;
  define(node.name, sums);
  explain(node.name, SameCodes{});
}

template void Lowering::visit_wide_product(const IntNode&, const IntConv2d&);
template void Lowering::visit_wide_product(const IntNode&, const IntMatmul&);

}  // namespace systole
