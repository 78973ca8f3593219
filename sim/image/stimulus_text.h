// stimulus_text.h: what goes with the beats of a stimulus: sizes, the passes, how to use it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/schedule/schedule.h"

namespace systole {

/// What a stimulus holds.
struct StimulusCounts {
  std::array<std::uint64_t, kChannelCount> beats = {};
  std::uint64_t outputs = 0;       ///< Elements that are compared.
  std::uint64_t accumulators = 0;  ///< Likewise.
};

/// "weight.memh".
std::string beat_file_name(Channel channel);

/// counts.memh, stimulus.svh, passes.csv and README.md.
std::string counts_file(const StimulusCounts& counts);
std::string sizes_file(const Geometry& geometry, const StimulusCounts& counts);
std::string passes_file(const Layout& layout, const Schedule& schedule);
std::string readme_file(const Layout& layout, const StimulusCounts& counts);

}  // namespace systole
