// fewest.h: lists, values and constants with less in them that still fail.
//
// Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input",
// 2002): parts are left out, halves first, single items last. What stays keeps its order. Nothing
// is drawn at random, so equal predicates give equal results.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/ops/mul_quant.h"
#include "model/tensor/tensor.h"

namespace systole {

using Indices = std::vector<std::int64_t>;

/// 0, 1, .., count - 1.
Indices all_indices(std::int64_t count);

/// The items left when no part of them, and no single one, can go without `fails` turning false;
/// `items` itself is known to fail. Later items go first, so that the others keep their positions.
/// The empty list is tried only where `to_none`.
Indices fewest(Indices items, const std::function<bool(const Indices&)>& fails,
               bool to_none = false);

/// `values`, known to fail, with as many of them as can be 0, and of the others as can be +-1.
IntTensor smallest_values(IntTensor values, const std::function<bool(const IntTensor&)>& fails);

/// `quant`, known to fail, with as many constants as can be plain: ties to even, no zero point, the
/// widest clamp, biases and shifts 0, scales 0 or +-1.
MulQuant plainest(MulQuant quant, const std::function<bool(const MulQuant&)>& fails);

}  // namespace systole
