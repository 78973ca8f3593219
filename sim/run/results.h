// results.h: the tensors of all jobs in memory that workers and their parent share.
#pragma once

#include <vector>

#include "model/network/shapes.h"
#include "sim/bench/bench.h"
#include "sim/run/shared_integers.h"
#include "sim/schedule/job.h"

namespace systole {

class Results {
 public:
  /// Room for the outputs of `jobs`, whose tensors have `shapes`; all zero. Throws std::bad_alloc.
  Results(const std::vector<Job>& jobs, const Shapes& shapes);

  /// Frees the memory of a job's tensors once they have been copied.
  void release(std::size_t job);

  /// By job; valid as long as this.
  const std::vector<JobTensors>& tensors() const { return tensors_; }

 private:
  SharedIntegers memory_;
  std::vector<JobTensors> tensors_;
};

}  // namespace systole
