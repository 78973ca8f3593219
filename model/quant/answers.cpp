// answers.cpp: what a classifier's scores say.
#include "model/quant/answers.h"

#include <algorithm>
#include <cassert>

namespace systole {

std::vector<std::int32_t> top1(const FloatTensor& scores) {
  const std::int64_t classes = scores.channels();
  std::vector<std::int32_t> winners;
  for (std::int64_t row = 0; row < scores.rows(); ++row) {
    const auto begin = scores.data.begin() + row * classes;
    winners.push_back(static_cast<std::int32_t>(std::max_element(begin, begin + classes) - begin));
  }
  return winners;
}

std::int64_t count_correct(const FloatTensor& scores, const std::vector<std::int32_t>& labels,
                           std::int64_t k) {
  const std::int64_t classes = scores.channels();
  assert(scores.rows() == std::ssize(labels));
  std::int64_t correct = 0;
  for (std::int64_t row = 0; row < scores.rows(); ++row) {
    const std::int64_t label = labels[static_cast<std::size_t>(row)];
    if (label < 0 || label >= classes) continue;
    const float score = scores[row * classes + label];
    std::int64_t better = 0;
    for (std::int64_t c = 0; c < classes; ++c) {
      const float other = scores[row * classes + c];
      better += other > score || (other == score && c < label) ? 1 : 0;
    }
    correct += better < k ? 1 : 0;
  }
  return correct;
}

}  // namespace systole
