// answer.h: what differences mean for a network's answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/tensor/any_tensor.h"

namespace systole {

/// An output of a network, as the design's ops led to it, against the golden one.
struct Answer {
  std::string output;
  std::int64_t samples = 0;
  std::int64_t top1_changed = 0;   ///< Samples whose largest element, the first of equals, moved.
  std::optional<double> sqnr_db;   ///< 10 log10(sum g^2 / sum (g - r)^2); nothing when equal.
};

/// `got` has the shape of `golden` [samples, ...]; both integers or both reals.
Answer compare_answers(const std::string& output, const AnyTensor& golden, const AnyTensor& got);

}  // namespace systole
