// answers.h: what a classifier's scores say.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor/tensor.h"

namespace systole {

/// Index of the largest element of every sample of [n, classes], the first of equals.
std::vector<std::int32_t> top1(const FloatTensor& scores);

/// Samples whose label is among the k largest of [n, classes]; of equal scores the first ones
/// count.
std::int64_t count_correct(const FloatTensor& scores, const std::vector<std::int32_t>& labels,
                           std::int64_t k = 1);

}  // namespace systole
