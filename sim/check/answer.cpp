// answer.cpp: top-1 and signal-to-noise ratio of outputs.
#include "sim/check/answer.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <variant>

namespace systole {
namespace {

template <class T>
Answer compare(const Tensor<T>& golden, const Tensor<T>& got) {
  Answer answer;
  answer.samples = golden.shape[0];
  const auto size =
      static_cast<std::size_t>(golden.size() / std::max<std::int64_t>(answer.samples, 1));
  const auto top = [&](const Tensor<T>& tensor, std::int64_t sample) {
    const auto values =
        std::span(tensor.data).subspan(static_cast<std::size_t>(sample) * size, size);
    return std::ranges::max_element(values) - values.begin();
  };
  for (std::int64_t sample = 0; sample < answer.samples; ++sample)
    answer.top1_changed += top(golden, sample) != top(got, sample);
  double signal = 0, noise = 0;
  for (std::int64_t i = 0; i < golden.size(); ++i) {
    const double expected = golden[i], error = expected - static_cast<double>(got[i]);
    signal += expected * expected;
    noise += error * error;
  }
  if (noise > 0) answer.sqnr_db = 10 * std::log10(signal / noise);
  return answer;
}

}  // namespace

Answer compare_answers(const std::string& output, const AnyTensor& golden, const AnyTensor& got) {
  Answer answer = is_real(golden) ? compare(reals(golden), reals(got))
                                  : compare(integers(golden), integers(got));
  answer.output = output;
  return answer;
}

}  // namespace systole
