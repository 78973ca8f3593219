// fuse_pool.cpp: average pools as sums and their requantisation.
#include <set>

#include "model/fuse/fuser.h"
#include "model/network/ranges.h"
#include "model/ops/avg_pool.h"
#include "model/ops/sum_pool.h"

namespace systole {

void Fuser::emit_average(const Group& group, const Window& window, bool count_include_pad) {
  const std::string& name = group.head->name;
  const Coded x = operand(*group.head, 0);
  const CodeTarget output = target_of(group);
  const std::int32_t zero_point = x.quantization.zero_point;
  const OperandBounds bounds{.acc = sum_pool_bound(window, x.range, zero_point)};
  const Shape& image = shapes_.at(group.head->inputs[0]);
  const Tensor<int> counts = pixel_counts(window, image[1], image[2], count_include_pad);
  const auto quant_of = [&](const std::string& op, int count) {
    const RealChannel real{.scale = x.quantization.scale / (count * output.quantization.scale)};
    return make_quant(op, {&real, 1}, bounds, output, group.relu_op());
  };

  const std::set<int> different(counts.data.begin(), counts.data.end());
  if (different.size() == 1) {
    const Coded sum = append(name, {x}, IntSumPool{.window = window, .zero_point = zero_point});
    const std::string quant = name + ".quant";
    define(group, append(quant, {sum}, quant_of(quant, *different.begin()), output.quantization));
    return;
  }
  IntAvgPool pool{.window = window, .zero_point = zero_point, .quant_by_count = {}};
  for (const int count : different) pool.quant_by_count[count] = quant_of(name, count);
  define(group, append(name, {x}, std::move(pool), output.quantization));
}

}  // namespace systole
