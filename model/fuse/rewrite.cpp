// rewrite.cpp: what happens to a float network before its quantizers are placed.
#include "model/fuse/rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/fuse/fold_norms.h"
#include "model/fuse/remove_identities.h"
#include "model/network/float_params.h"
#include "model/quant/calibrate.h"
#include "model/quant/slots.h"

namespace systole {
namespace {

void check_params(const FloatNetwork& network) {
  for (const FloatNode& node : network.nodes)
    for (const auto& [name, tensor] : params_of(node.op))
      for (std::int64_t i = 0; i < tensor->size(); ++i)
        if (!std::isfinite((*tensor)[i]))
          throw InputError({.key = node.name + "." + name,
                            .got = fmt::format("{} at element {}", (*tensor)[i],
                                               to_string(unravel(i, tensor->shape))),
                            .expected = "finite parameters"});
}

/// The products that `smooth` names; all where it names none.
std::vector<const FloatNode*> products_to_smooth(const FloatNetwork& network,
                                                 const SmoothRecipe& smooth) {
  std::vector<const FloatNode*> products;
  for (const std::string& pattern : smooth.ops)
    if (std::none_of(network.nodes.begin(), network.nodes.end(), [&](const FloatNode& node) {
          return is_product(node.op) && matches(pattern, node.name);
        }))
      throw InputError({.where = smooth.where,
                        .key = "smooth.ops",
                        .got = "'" + pattern + "'",
                        .expected = "the name of a conv2d or linear of " + network.name +
                                    ", or a glob that matches one"});
  for (const FloatNode& node : network.nodes)
    if (is_product(node.op) &&
        (smooth.ops.empty() ||
         std::any_of(smooth.ops.begin(), smooth.ops.end(),
                     [&](const std::string& pattern) { return matches(pattern, node.name); })))
      products.push_back(&node);
  return products;
}

SmoothedNetwork smoothed_network(FloatNetwork network, const Recipe& recipe,
                                 const SampleSource& samples, const BatchOptions& options) {
  if (!recipe.smooth) return {.network = std::move(network), .ops = {}};
  const std::vector<const FloatNode*> products = products_to_smooth(network, *recipe.smooth);
  std::vector<ChannelMaxima> maxima(products.size());  // Watches work at the same time.
  std::vector<Watch> watches;
  for (std::size_t i = 0; i < products.size(); ++i)
    watches.push_back({{products[i]->inputs[0]}, [&, i](const FloatTensor& x) {
                         observe_channels(maxima[i], products[i]->name, x);
                       }});
  calibrate(network, samples, watches, options);
  ChannelMaxima all;
  for (ChannelMaxima& one : maxima) all.merge(one);
  return smooth(network, all, recipe.smooth->options);
}

}  // namespace

SmoothedNetwork rewrite(const FloatNetwork& network, const Recipe& recipe,
                        const SampleSource& samples, const BatchOptions& options) {
  check_params(network);
  FloatNetwork rewritten = remove_identities(network);
  if (recipe.folds_norms) rewritten = fold_norms(rewritten);
  return smoothed_network(std::move(rewritten), recipe, samples, options);
}

}  // namespace systole
