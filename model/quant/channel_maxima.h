// channel_maxima.h: the largest magnitude of every channel, over any number of batches.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/network.h"

namespace systole {

/// max|x_j| of every channel j of the inputs of ops, by the ops' names.
using ChannelMaxima = std::map<std::string, std::vector<double>>;

/// Widens the maxima of `op` to those of this batch of its input, the last axis of which is that of
/// the channels. Batches may come in any order and be cut in any way. Throws InputError, naming the
/// op, when an element is not finite or the number of channels changes.
void observe_channels(ChannelMaxima& maxima, const std::string& op, const FloatTensor& input);

/// max|w_j| over the weights that input channel j of a Conv2d or Linear meets: of a grouped
/// convolution, those of the channel's own group.
std::vector<double> weight_maxima(const FloatOp& op);

/// Calls visit(weight element, input channel) for all weights of a Conv2d or Linear.
template <class Visit>
void for_each_weight(const FloatOp& op, Visit visit) {
  const auto* conv = std::get_if<Conv2d>(&op);
  const Shape& shape = conv ? conv->weight.shape : std::get<Linear>(op).weight.shape;
  const std::int64_t outputs = shape.back();
  const std::int64_t inputs = shape[shape.size() - 2];  // Of one group.
  const std::int64_t group_outputs = outputs / (conv ? conv->params.groups : 1);
  for (std::int64_t i = 0; i < element_count(shape); ++i)
    visit(i, i % outputs / group_outputs * inputs + i / outputs % inputs);
}

}  // namespace systole
