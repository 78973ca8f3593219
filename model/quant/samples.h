// samples.h: where calibration and evaluation take their batches from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "model/network/batch.h"
#include "model/network/parallel.h"

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

/// Computes on every batch, up to `threads` of them at a time (a wave), and hands each wave's
/// results to `consume(std::vector<Result>&)`, batches in order.
template <class Result, class Compute, class Consume>
void for_each_wave(const SampleSource& samples, const BatchOptions& options, const Compute& compute,
                   const Consume& consume) {
  const std::int64_t batches = (samples.count + options.batch - 1) / options.batch;
  const std::int64_t wave = std::max(options.threads, 1);
  for (std::int64_t first = 0; first < batches; first += wave) {
    std::vector<Result> results(static_cast<std::size_t>(std::min(wave, batches - first)));
    parallel_for(std::ssize(results), options.threads, [&](std::int64_t i) {
      const std::int64_t begin = (first + i) * options.batch;
      const std::int64_t size = std::min(options.batch, samples.count - begin);
      results[static_cast<std::size_t>(i)] = compute(samples.read(begin, size));
    });
    consume(results);
    if (options.progress)
      options.progress(std::min(samples.count, (first + wave) * options.batch), samples.count);
  }
}

}  // namespace systole
