// compare.h: two traces, tensor by tensor.
#pragma once

#include <string>
#include <vector>

#include "golden/trace.h"
#include "model/tensor/compare.h"

namespace systole {

/// One tensor of either trace. Where only one trace has it, all its elements are missing or extra.
struct TensorComparison {
  std::string name;
  std::string op;
  Comparison comparison;
};

struct TraceComparison {
  std::vector<TensorComparison> tensors;  ///< In the expected trace's order, then extra ones.

  std::int64_t compared() const;
  /// At least one element was compared and every tensor matches.
  bool matches() const;
};

/// Compares all tensors by name. Throws InputError when a trace is damaged.
TraceComparison compare_traces(const TraceReader& expected, const TraceReader& got);

}  // namespace systole
