// investigate.cpp: the failing tile, its PE row, its first wrong cycle, its files.
#include "sim/run/investigate.h"

#include <fmt/format.h>

namespace systole {
namespace {

std::string describe(const Region& region) {
  return fmt::format("rows {} to {}, channels {} to {}", region.m, region.m + region.rows - 1,
                     region.channel, region.channel + region.channels - 1);
}

bool has_rows_to_probe(const FailingPart& part, const Layout& layout) {
  return part.tensor == ProbedTensor::kAccumulators && !layout.stream &&
         !layout.output_stationary();
}

}  // namespace

Investigator::Investigator(const ExplainSetup& setup)
    : setup_(setup), bench_(setup.replay.built, setup.replay.bench) {}

/// The tile of the first difference, or the unit around it, if it differs alone too.
std::optional<FailingPart> Investigator::find_part(const Investigation& investigation, Probe& probe,
                                                   Finding& finding) {
  const ElementPlace place = investigation.map.place_of(investigation.flat);
  const Region& tile = investigation.map.tile(place.tile);
  const Region& unit = investigation.units[investigation.map.unit_of(place.tile)].region;
  if (const auto flat = probe.first_difference(tile, investigation.tensor)) {
    finding.evidence.push_back(fmt::format(
        "output tile {} ({}), alone on a fresh design, differs too", place.tile, describe(tile)));
    return FailingPart{investigation.job, tile, investigation.tensor, *flat};
  }
  if (const auto flat = probe.first_difference(unit, investigation.tensor)) {
    finding.evidence.push_back(fmt::format(
        "output tile {} ({}) alone is right; together with the tiles before it ({}) it is not: it "
        "depends on what they leave behind",
        place.tile, describe(tile), describe(unit)));
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
  const std::filesystem::path folder = setup_.directory / investigation.folder;
  if (setup_.write_reproducer && setup_.write_reproducer(probe, *part, folder))
    finding.reproducer = folder.string();
  return finding;
}

}  // namespace systole
