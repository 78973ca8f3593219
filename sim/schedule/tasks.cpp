// tasks.cpp: along rows or along channels, whichever gives more parts.
#include "sim/schedule/tasks.h"

#include <algorithm>

#include "sim/schedule/cycles.h"

namespace systole {
namespace {

std::uint64_t sum(const std::vector<Unit>& units) {
  std::uint64_t cycles = 0;
  for (const Unit& unit : units) cycles += unit.cycles;
  return cycles;
}

/// A job with what is needed to predict its regions.
struct Piece {
  const Job& job;
  std::size_t number;
  const Shape& x;
  const Geometry& geometry;

  Unit unit(const Region& region) const {
    const Schedule schedule = make_schedule(make_layout(job, x, geometry, region));
    return {number, region, static_cast<std::uint64_t>(total_cycles(schedule))};
  }
};

/// Parts of fewer rows than a load of weights or parameters takes would wait for it.
std::vector<Unit> cut_rows(const Piece& piece, const Region& all, std::int64_t parts) {
  parts = std::clamp<std::int64_t>(all.rows / piece.geometry.lanes(), 1, parts);
  std::vector<Unit> units;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t first = all.rows * part / parts;
    const std::int64_t end = all.rows * (part + 1) / parts;
    units.push_back(piece.unit({first, end - first, 0, all.channels}));
  }
  return units;
}

/// Cuts only where the whole output's packs and column tiles end, so that no tile is cut in two.
std::vector<Unit> cut_channels(const Piece& piece, const Region& all, std::int64_t parts) {
  std::vector<std::int64_t> ends;
  for (const PackShape& pack : make_layout(piece.job, piece.x, piece.geometry, all).packs)
    for (std::int64_t n = 0; n < pack.channels; n += piece.geometry.cols)
      ends.push_back(pack.first_channel +
                     std::min<std::int64_t>(pack.channels, n + piece.geometry.cols));
  const auto tiles = static_cast<std::int64_t>(ends.size());
  parts = std::min(parts, tiles);
  std::vector<Unit> units;
  std::int64_t first = 0;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t end = ends[static_cast<std::size_t>(tiles * (part + 1) / parts - 1)];
    units.push_back(piece.unit({0, all.rows, first, end - first}));
    first = end;
  }
  return units;
}

std::vector<Unit> cut(const Piece& piece, std::uint64_t cycles_per_task) {
  const Region all = whole(piece.job, piece.x);
  if (all.rows == 0 || all.channels == 0) return {};
  const Unit one = piece.unit(all);
  const auto parts =
      static_cast<std::int64_t>((one.cycles + cycles_per_task - 1) / cycles_per_task);
  if (parts <= 1) return {one};
  std::vector<Unit> rows = cut_rows(piece, all, parts);
  std::vector<Unit> channels = cut_channels(piece, all, parts);
  // Neither cut costs more than the ways through the array that its parts add.
  return rows.size() >= channels.size() ? rows : channels;
}

}  // namespace

std::uint64_t Task::cycles() const { return sum(units); }

std::vector<Task> make_tasks(const std::vector<Job>& jobs, const Shapes& shapes,
                             const Geometry& geometry, std::uint64_t cycles_per_task) {
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < jobs.size(); ++i)
    for (const Unit& unit :
         cut({jobs[i], i, shapes.at(input_of(jobs[i])), geometry}, cycles_per_task)) {
      if (tasks.empty() || tasks.back().cycles() + unit.cycles > cycles_per_task)
        tasks.emplace_back();
      tasks.back().units.push_back(unit);
    }
  return tasks;
}

}  // namespace systole
