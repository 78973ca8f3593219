// samples.h: where calibration and evaluation take their batches from.
#pragma once

#include <cstdint>
#include <functional>

#include "model/network/batch.h"

namespace systole {

/// Samples that are read when they are needed, so that there may be more than memory holds.
/// `read(first, count)` gives every network input's codes, or its reals where it is a float input;
/// several threads call it.
struct SampleSource {
  std::int64_t count = 0;
  std::function<AnyTensors(std::int64_t first, std::int64_t count)> read;
};

/// Samples in memory; `tensors` must outlive the source.
SampleSource samples_of(const AnyTensors& tensors);

/// What long work over batches tells and asks: `done` of `total` samples. It may throw to end the
/// work, and is called from one thread at a time.
using SampleProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// How samples are worked on.
struct BatchOptions {
  std::int64_t batch = 16;  ///< Samples per batch.
  int threads = 1;
  SampleProgress progress = {};
};

}  // namespace systole
