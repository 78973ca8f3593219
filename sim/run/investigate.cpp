// investigate.cpp: the failing tile, its PE row, its first wrong cycle, its files.
#include "sim/run/investigate.h"

#include <fmt/format.h>

namespace systole {
namespace {

/// What follows from a wrong value is seldom of interest.
constexpr std::uint64_t kCyclesAfter = 32;

/// Of an assertion or a hang: what led to it.
constexpr std::uint64_t kCyclesBeforeFailure = 300;

/// Channels of a product of two activations are those of one item of its leading axes.
std::string describe(const Region& region, const OutputOrder& order) {
  const std::int64_t last = region.channel + region.channels - 1;
  const std::string rows = fmt::format("rows {} to {}", region.m, region.m + region.rows - 1);
  const std::int64_t item = region.channel / order.width;
  if (last < order.width) return fmt::format("{}, channels {} to {}", rows, region.channel, last);
  if (last / order.width == item)
    return fmt::format("{}, channels {} to {} of product {}", rows, region.channel % order.width,
                       last % order.width, item);
  return fmt::format("{} of products {} to {}", rows, item, last / order.width);
}

bool has_rows_to_probe(const FailingPart& part, const Layout& layout) {
  return part.tensor == ProbedTensor::kAccumulators && !layout.stream &&
         !layout.output_stationary();
}

}  // namespace

Investigator::Investigator(const ExplainSetup& setup)
    : setup_(setup), bench_(setup.replay.built, setup.replay.bench) {
  if (setup.tracing) tracing_.emplace(*setup.tracing, setup.replay.bench);
}

/// The tile of the first difference, or the unit around it, if it differs alone too.
std::optional<FailingPart> Investigator::find_part(const Investigation& investigation, Probe& probe,
                                                   Finding& finding) {
  const ElementPlace place = investigation.map.place_of(investigation.flat);
  const Region& tile = investigation.map.tile(place.tile);
  const Region& unit = investigation.units[investigation.map.unit_of(place.tile)].region;
  if (const auto flat = probe.first_difference(tile, investigation.tensor)) {
    finding.evidence.push_back(
        fmt::format("output tile {} ({}), alone on a fresh design, differs too", place.tile,
                    describe(tile, probe.order())));
    return FailingPart{investigation.job, tile, investigation.tensor, *flat};
  }
  if (const auto flat = probe.first_difference(unit, investigation.tensor)) {
    finding.evidence.push_back(fmt::format(
        "output tile {} ({}) alone is right; together with the tiles before it ({}) it is not: it "
        "depends on what they leave behind",
        place.tile, describe(tile, probe.order()), describe(unit, probe.order())));
    return FailingPart{investigation.job, unit, investigation.tensor, *flat};
  }
  finding.evidence.push_back(
      "not localised further: alone on a fresh design the op is right, so the difference depends "
      "on "
      "what ran before it");
  return std::nullopt;
}

Finding Investigator::investigate(const Investigation& investigation) {
  Finding finding;
  Probe probe(bench_, investigation.job, setup_.replay.golden);
  const auto part = find_part(investigation, probe, finding);
  if (!part) return finding;
  if (has_rows_to_probe(*part, probe.operands_of(part->region).layout)) {
    const RowProbe rows = probe_rows(probe, part->region, part->flat);
    finding.pe_row = rows.row;
    finding.evidence.push_back(rows.evidence);
  }
  finding.first_cycle = probe.first_wrong_cycle(part->region, part->tensor);
  if (finding.first_cycle) {
    const Geometry& geometry = bench_.geometry();
    finding.wave = write_wave(*part, investigation.folder, *finding.first_cycle,
                              2ULL * (geometry.rows + geometry.cols) + 64);
  }
  finding.reproducer = write_reproducer(probe, *part, investigation.folder, finding);
  return finding;
}

Finding Investigator::find_failure(const Job& job, const std::vector<Unit>& units,
                                   const Failure& failure, const std::string& folder) {
  Finding finding;
  Probe probe(bench_, job, setup_.replay.golden);
  for (const Unit& unit : units) {
    const Failure again = probe.run(probe.operands_of(unit.region)).failure;
    if (again.kind != failure.kind) continue;
    finding.evidence.push_back(fmt::format(
        "{}, alone on a fresh design, {} cycle {} too", describe(unit.region, probe.order()),
        again.kind == FailureKind::kHang ? "hangs since" : "stops in", again.cycle));
    const std::int64_t first = probe.order().flat(unit.region.m, unit.region.channel);
    const FailingPart part{job, unit.region, ProbedTensor::kOutput, first, again.kind};
    finding.first_cycle = again.cycle;
    finding.wave = write_wave(part, folder, again.cycle, kCyclesBeforeFailure);
    finding.reproducer = write_reproducer(probe, part, folder, finding);
    return finding;
  }
  finding.evidence.push_back(
      "alone on a fresh design the op ends as it should: it depends on what ran before it");
  return finding;
}

/// The cycles around `cycle` of the part, alone on a fresh design that can trace.
std::string Investigator::write_wave(const FailingPart& part, const std::string& folder,
                                     std::uint64_t cycle, std::uint64_t before) {
  if (!tracing_) return "";
  const std::string name = folder + "/wave.fst";
  std::filesystem::create_directories(setup_.directory / folder);
  tracing_->trace(setup_.directory / name, cycle > before ? cycle - before : 1,
                  cycle + kCyclesAfter);
  Probe probe(*tracing_, part.job, setup_.replay.golden);
  probe.run(probe.operands_of(part.region));
  return name;
}

std::string Investigator::write_reproducer(Probe& probe, const FailingPart& part,
                                           const std::string& folder, Finding& finding) {
  if (!setup_.write_reproducer) return "";
  const std::string name = folder + "/reproducer";
  if (setup_.write_reproducer(probe, part, setup_.directory / name)) return name;
  finding.evidence.push_back(
      "no reproducer: neither the tile nor the op differs as a network of its own");
  return "";
}

}  // namespace systole
