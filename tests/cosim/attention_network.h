// attention_network.h: attention over a few tokens as a lowered network, for whole runs.
#pragma once

#include "model/network/bundle.h"

namespace systole::test {

/// 2 heads of 3 channels over 6 tokens of 8: qkv with constants per token and channel; per head the
/// product of two activations qk, its scores with a bias as the residual operand; softmax on the
/// host; the product attnv; projection with constants per token. 4 samples of codes, `test`, the
/// first ones of which hold the ends of their type.
Bundle attention();

/// The ops of `attention` that the host computes on the core.
extern const std::vector<std::string> kAttentionHost;

}  // namespace systole::test
