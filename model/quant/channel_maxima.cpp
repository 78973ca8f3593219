// channel_maxima.cpp: the largest magnitude of every channel.
#include "model/quant/channel_maxima.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/error.h"
#include "model/network/float_params.h"

namespace systole {

void observe_channels(ChannelMaxima& maxima, const std::string& op, const FloatTensor& input) {
  const std::int64_t channels = input.channels();
  std::vector<double>& widest = maxima[op];
  if (widest.empty()) widest.resize(static_cast<std::size_t>(channels));
  if (std::ssize(widest) != channels)
    throw InputError({.key = op,
                      .got = fmt::format("input of shape {}", to_string(input.shape)),
                      .expected = fmt::format("{} channels, as before", widest.size())});
  for (std::int64_t i = 0; i < input.size(); ++i) {
    if (!std::isfinite(input[i]))
      throw InputError({.key = op,
                        .got = fmt::format("input {} at element {}", input[i],
                                           to_string(unravel(i, input.shape))),
                        .expected = "finite elements"});
    double& most = widest[static_cast<std::size_t>(i % channels)];
    most = std::max(most, std::abs(static_cast<double>(input[i])));
  }
}

std::vector<double> weight_maxima(const FloatOp& op) {
  const FloatTensor& weight = weight_of(op);
  const auto* conv = std::get_if<Conv2d>(&op);
  std::vector<double> maxima(static_cast<std::size_t>(weight.shape[weight.shape.size() - 2] *
                                                      (conv ? conv->params.groups : 1)));
  for_each_weight(op, [&](std::int64_t i, std::int64_t channel) {
    double& most = maxima[static_cast<std::size_t>(channel)];
    most = std::max(most, std::abs(static_cast<double>(weight[i])));
  });
  return maxima;
}

}  // namespace systole
