// compare.cpp: two traces, tensor by tensor.
#include "golden/compare.h"

#include <algorithm>

namespace systole {
namespace {

const TraceEntry* find(const TraceReader& trace, const std::string& name) {
  const auto& entries = trace.entries();
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const TraceEntry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

std::int64_t TraceComparison::compared() const {
  std::int64_t sum = 0;
  for (const TensorComparison& tensor : tensors) sum += tensor.comparison.compared;
  return sum;
}

bool TraceComparison::matches() const {
  return compared() > 0 &&
         std::all_of(tensors.begin(), tensors.end(),
                     [](const TensorComparison& tensor) { return tensor.comparison.matches(); });
}

TraceComparison compare_traces(const TraceReader& expected, const TraceReader& got) {
  TraceComparison result;
  const IntTensor no_integers({0});
  const FloatTensor no_reals({0});
  const auto nothing = [&](const TraceEntry& entry) -> AnyTensor {
    if (entry.is_float) return no_reals;
    return no_integers;
  };
  for (const TraceEntry& entry : expected.entries()) {
    const bool exists = find(got, entry.name) != nullptr;
    const AnyTensor other = exists ? got.read(entry.name) : nothing(entry);
    result.tensors.push_back(
        {entry.name, entry.op, compare_tensors(expected.read(entry.name), other)});
  }
  for (const TraceEntry& entry : got.entries())
    if (find(expected, entry.name) == nullptr)
      result.tensors.push_back(
          {entry.name, entry.op, compare_tensors(nothing(entry), got.read(entry.name))});
  return result;
}

}  // namespace systole
