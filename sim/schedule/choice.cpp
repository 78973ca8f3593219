// choice.cpp: predicts every layout that may be worth it and takes the best.
#include <utility>

#include "sim/schedule/beat_source.h"
#include "sim/schedule/cycles.h"

namespace systole {
namespace {

/// Cycles, then beats.
std::pair<std::int64_t, std::int64_t> cost(const Layout& layout) {
  const Schedule schedule = make_schedule(layout);
  std::int64_t beats = 0;
  for (std::uint32_t channel = 0; channel < kInputChannels; ++channel)
    beats += count_beats(schedule, static_cast<Channel>(channel));
  return {total_cycles(schedule), beats};
}

}  // namespace

Layout make_layout(const Job& job, const Shape& x, const Geometry& geometry, const Region& region) {
  if (job.pack_groups > 0) return make_layout(job, x, geometry, region, job.pack_groups);
  const std::vector<std::int64_t> widths = pack_widths(job, x, geometry);
  Layout best = make_layout(job, x, geometry, region, widths[0]);
  if (widths.size() == 1) return best;
  auto least = cost(best);
  for (std::size_t i = 1; i < widths.size(); ++i) {
    Layout other = make_layout(job, x, geometry, region, widths[i]);
    const auto others = cost(other);
    if (others >= least) continue;
    best = std::move(other);
    least = others;
  }
  return best;
}

}  // namespace systole
