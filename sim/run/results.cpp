// results.cpp: one mapping, cut into tensors.
#include "sim/run/results.h"

namespace systole {
namespace {

std::size_t elements_of(const IntNode* node, const Shapes& shapes) {
  return node ? static_cast<std::size_t>(element_count(shapes.at(node->name))) : 0;
}

std::size_t count_elements(const std::vector<Job>& jobs, const Shapes& shapes) {
  std::size_t count = 0;
  for (const Job& job : jobs)
    count += elements_of(job.product, shapes) + elements_of(job.quant, shapes);
  return count;
}

}  // namespace

Results::Results(const std::vector<Job>& jobs, const Shapes& shapes)
    : memory_(count_elements(jobs, shapes)) {
  std::span<std::int32_t> rest = memory_.span();
  const auto take = [&](const IntNode* node) {
    const auto taken = rest.first(elements_of(node, shapes));
    rest = rest.subspan(taken.size());
    return taken;
  };
  for (const Job& job : jobs) {
    JobTensors tensors;
    tensors.accumulators = take(job.product);
    tensors.output = take(job.quant);
    tensors_.push_back(tensors);
  }
}

void Results::release(std::size_t job) {
  memory_.release(tensors_[job].accumulators);
  memory_.release(tensors_[job].output);
}

}  // namespace systole
