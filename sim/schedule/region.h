// region.h: a part of a job's output that is scheduled, simulated and compared on its own, and
// where its elements lie in the op's tensor.
#pragma once

#include <cstdint>

namespace systole {

/// Rows [m, m + rows) and channels [channel, channel + channels) of an output [m x channels].
struct Region {
  std::int64_t m = 0;
  std::int64_t rows = 0;
  std::int64_t channel = 0;
  std::int64_t channels = 0;
  bool operator==(const Region&) const = default;
};

/// How an output [m x channels] lies in the op's tensor [channels / width, m, width]: of a product
/// of two activations `width` channels per item of its leading axes, of any other op all of them.
struct OutputOrder {
  std::int64_t m = 0;
  std::int64_t width = 0;

  std::int64_t flat(std::int64_t row, std::int64_t channel) const {
    return (channel / width * m + row) * width + channel % width;
  }
  std::int64_t row(std::int64_t flat) const { return flat / width % m; }
  std::int64_t channel(std::int64_t flat) const { return flat / width / m * width + flat % width; }
  /// How many elements from `channel` on, at most `count`, lie behind one another.
  std::int64_t run(std::int64_t channel, std::int64_t count) const {
    const std::int64_t left = width - channel % width;
    return left < count ? left : count;
  }
};

}  // namespace systole
