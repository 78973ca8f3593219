// smooth_check.cpp: what SmoothQuant can work with.
#include "model/quant/smooth_check.h"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <vector>

#include "model/config/error.h"
#include "model/config/nearest.h"
#include "model/network/float_params.h"
#include "model/network/op_name.h"
#include "model/network/shapes.h"

namespace systole {
namespace {

void check_maxima(const FloatNode& node, const std::vector<double>& maxima) {
  const auto fail = [&](const std::string& got, const std::string& expected) {
    throw InputError({.key = node.name, .got = got, .expected = expected});
  };
  if (!is_product(node.op))
    fail(fmt::format("a {}", op_name(node.op)), "a conv2d or a linear to smooth");
  const std::size_t channels = weight_maxima(node.op).size();
  if (maxima.size() != channels)
    fail(fmt::format("maxima of {} channels", maxima.size()),
         fmt::format("one for each of {} input channels", channels));
  for (std::size_t c = 0; c < maxima.size(); ++c)
    if (!std::isfinite(maxima[c]) || maxima[c] < 0)
      fail(fmt::format("maximum {} of channel {}", maxima[c], c), "a finite magnitude");
  for (const float weight : weight_of(node.op).data)
    if (!std::isfinite(weight)) fail(fmt::format("weight {}", weight), "finite weights");
}

}  // namespace

void check_smoothing(const FloatNetwork& network, const ChannelMaxima& maxima, double alpha) {
  if (!(alpha >= 0 && alpha <= 1))
    throw InputError(
        {.key = "alpha", .got = fmt::format("{}", alpha), .expected = "a number in [0, 1]"});
  infer_shapes(network, 1);
  std::set<std::string> known;
  for (const FloatNode& node : network.nodes) {
    known.insert(node.name);
    if (const auto found = maxima.find(node.name); found != maxima.end())
      check_maxima(node, found->second);
  }
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [name, values] : maxima)
    if (!known.contains(name))
      throw InputError({.key = name,
                        .got = "no such op",
                        .expected = fmt::format("an op of {}", network.name),
                        .hint = did_you_mean(name, names)});
}

}  // namespace systole
