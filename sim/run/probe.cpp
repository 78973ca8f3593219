// probe.cpp: masks of PE rows; the array is linear, so what is left of the sum is known.
#include "sim/run/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "model/network/shapes.h"

namespace systole {
namespace {

using RowSet = std::vector<std::int64_t>;

/// The PE rows of `rows` keep their inputs, the others get zeros.
void keep_rows(const RowSet& rows, PackData& pack, std::int64_t width) {
  std::vector<bool> kept(static_cast<std::size_t>(width));
  for (const std::int64_t row : rows) kept[static_cast<std::size_t>(row)] = true;
  for (std::size_t i = 0; i < pack.x.size(); ++i)
    if (!kept[i % static_cast<std::size_t>(width)]) pack.x[i] = 0;
}

/// Where element `flat` of the op lies in the operands of a region.
struct Element {
  std::size_t pack = 0;
  std::int64_t row = 0;
  std::int64_t column = 0;  ///< Of the pack.
};

Element find_element(const Layout& layout, std::int64_t flat) {
  Element element;
  const std::int64_t channel = layout.order.channel(flat);
  element.row = layout.order.row(flat) - layout.region.m;
  while (channel < layout.packs[element.pack].first_channel ||
         channel >= layout.packs[element.pack].first_channel + layout.packs[element.pack].channels)
    ++element.pack;
  element.column = channel - layout.packs[element.pack].first_channel;
  return element;
}

/// The element's sum over the inputs that `operands` still have; it wraps as the hardware's.
std::int32_t sum_of(const Operands& operands, const Element& element) {
  const Layout& layout = operands.layout;
  const PackShape& shape = layout.packs[element.pack];
  const PackData& data = operands.packs[element.pack];
  const std::int64_t width = layout.tile_width(), rows = layout.region.rows;
  std::uint32_t sum = 0;
  for (std::int64_t k = 0; k < shape.k; ++k) {
    const std::int32_t x = data.x[static_cast<std::size_t>(k / width * rows * width +
                                                           element.row * width + k % width)];
    const std::int32_t w = data.w[static_cast<std::size_t>(k * shape.w_stride + element.column)];
    sum += static_cast<std::uint32_t>(x * w);
  }
  return static_cast<std::int32_t>(sum);
}

/// Runs a region with some rows' inputs only, and says whether the element is wrong.
class RowTrial {
 public:
  RowTrial(Probe& probe, const Region& region, std::int64_t flat)
      : probe_(probe), flat_(flat), whole_(probe.operands_of(region)) {}

  std::int64_t rows() const { return whole_.layout.tile_width(); }

  /// The element is wrong with the inputs of `rows` alone.
  bool fails(const RowSet& rows) {
    const auto operands = run(rows);
    return !operands || is_wrong(*operands, flat_);
  }

  /// Any element of the region is.
  bool any_fails(const RowSet& rows) {
    const auto operands = run(rows);
    if (!operands) return true;
    const Region& region = whole_.layout.region;
    for (std::int64_t m = region.m; m < region.m + region.rows; ++m)
      for (std::int64_t c = region.channel; c < region.channel + region.channels; ++c)
        if (is_wrong(*operands, probe_.order().flat(m, c))) return true;
    return false;
  }

 private:
  /// What was run; nothing when the run failed.
  std::optional<Operands> run(const RowSet& rows) {
    Operands operands = whole_;
    for (PackData& pack : operands.packs) keep_rows(rows, pack, this->rows());
    if (probe_.run(operands).status != JobStatus::kDone) return std::nullopt;
    return operands;
  }

  bool is_wrong(const Operands& operands, std::int64_t flat) const {
    return probe_.tensor(ProbedTensor::kAccumulators)[static_cast<std::size_t>(flat)] !=
           sum_of(operands, find_element(operands.layout, flat));
  }

  Probe& probe_;
  std::int64_t flat_;
  Operands whole_;
};

}  // namespace

Probe::Probe(Bench& bench, const Job& job, const Trace& golden)
    : bench_(bench),
      job_(job),
      golden_(golden),
      order_(order_of(job, shape_of(golden.tensors.at(input_of(job))))) {
  const auto size =
      static_cast<std::size_t>(element_count(shape_of(golden.tensors.at(job.last().name))));
  if (job.quant) output_.resize(size);
  if (job.product && bench.has_tap()) accumulators_.resize(size);
}

JobInputs Probe::inputs() const {
  return inputs_of(job_, [&](const std::string& name) -> const IntTensor& {
    return integers(golden_.tensors.at(name));
  });
}

Operands Probe::operands_of(const Region& region) const {
  return make_operands(job_, inputs(), bench_.geometry(), region);
}

JobEnd Probe::run(const Operands& operands) {
  bench_.restart();
  std::ranges::fill(output_, 0);
  std::ranges::fill(accumulators_, 0);
  return bench_.run(operands, make_schedule(operands.layout), 1, {output_, accumulators_});
}

const IntTensor& Probe::golden_of(ProbedTensor which) const {
  const IntNode& node = which == ProbedTensor::kOutput ? *job_.quant : *job_.product;
  return integers(golden_.tensors.at(node.name));
}

std::optional<std::int64_t> Probe::first_difference(const Region& region, ProbedTensor which) {
  if (run(operands_of(region)).status != JobStatus::kDone) return std::nullopt;
  for (std::int64_t m = region.m; m < region.m + region.rows; ++m)
    for (std::int64_t c = region.channel; c < region.channel + region.channels; ++c)
      if (differs(m, c, which)) return order_.flat(m, c);
  return std::nullopt;
}

bool Probe::differs(std::int64_t flat, ProbedTensor which) const {
  return tensor(which)[static_cast<std::size_t>(flat)] != golden_of(which)[flat];
}

std::optional<std::uint64_t> Probe::first_wrong_cycle(const Region& region, ProbedTensor which) {
  const Channel channel = which == ProbedTensor::kOutput ? kOutput : kTap;
  std::vector<std::uint64_t> cycles;
  bench_.observe([&](Channel from, std::uint64_t, std::uint64_t cycle) {
    if (from == channel) cycles.push_back(cycle);
  });
  const Operands operands = operands_of(region);
  run(operands);
  bench_.observe({});

  // Tiles leave in the order of their last passes, a beat per row.
  std::size_t beat = 0;
  for (const Pass& pass : make_schedule(operands.layout).passes) {
    if (!pass.command.last) continue;
    const PackShape& pack = operands.layout.packs[pass.pack];
    const std::int64_t first = pack.first_channel + pass.n0;
    const std::int64_t columns =
        std::min<std::int64_t>(bench_.geometry().cols, pack.channels - pass.n0);
    for (std::int64_t row = 0; row < pass.command.rows && beat < cycles.size(); ++row, ++beat)
      for (std::int64_t c = first; c < first + columns; ++c)
        if (differs(region.m + pass.m0 + row, c, which)) return cycles[beat];
  }
  return std::nullopt;
}

RowProbe probe_rows(Probe& probe, const Region& region, std::int64_t flat) {
  RowTrial trial(probe, region, flat);
  if (trial.fails({}))
    return {std::nullopt,
            "the sum is wrong with all inputs zero too: it does not come from the products"};
  RowSet rows(static_cast<std::size_t>(trial.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  while (rows.size() > 1) {
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
    const RowSet low(rows.begin(), middle), high(middle, rows.end());
    if (trial.fails(low))
      rows = low;
    else if (trial.fails(high))
      rows = high;
    else
      return {
          std::nullopt,
          fmt::format("the sum is wrong with the inputs of PE rows {} to {}, and right with those "
                      "of either half of them",
                      rows.front(), rows.back())};
  }
  RowSet others;
  for (std::int64_t row = 0; row < trial.rows(); ++row)
    if (row != rows[0]) others.push_back(row);
  if (trial.any_fails(others))
    return {std::nullopt,
            fmt::format("the sum is wrong with the inputs of PE row {} alone, but sums of the tile "
                        "are wrong without them too: more than one row is at fault",
                        rows[0])};
  return {rows[0],
          fmt::format("the sum is wrong with the inputs of PE row {} alone, and the whole tile is "
                      "right without them",
                      rows[0])};
}

}  // namespace systole
