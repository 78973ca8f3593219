// explain.cpp: words for differences.
#include "sim/check/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/check/lane_changes.h"
#include "sim/check/sum_changes.h"

namespace systole {
namespace {

/// Elements of each sort, right and wrong, that changes of the equation are tried on.
constexpr std::int64_t kMostSamples = 20'000;

/// Fewer wrong codes may share a column by chance. (A wrong sum was computed in its column.)
constexpr std::size_t kFewestForColumn = 4;

Explanation describe(const Differences& differences, std::size_t fewest_for_column) {
  Explanation explanation;
  explanation.pattern = describe_pattern(differences);
  if (differences.differing.size() >= fewest_for_column)
    explanation.pe_column = common_column(differences);
  explanation.output = heat_map(differences);
  explanation.array_columns = count_by_column(differences);
  if (explanation.pe_column)
    explanation.evidence.push_back(fmt::format(
        "every differing element leaves the array in column {}", *explanation.pe_column));
  return explanation;
}

const MulQuant* equation_of(const IntOp& op) {
  if (const auto* add = std::get_if<IntAdd>(&op)) return &add->quant;
  return std::get_if<MulQuant>(&op);
}

/// Evenly spread elements, about kMostSamples wrong ones and as many right ones. Right ones of
/// other tiles and columns than the wrong ones say nothing of a fault that is there in some only.
std::vector<LaneSample> sample(const IntTensor& golden, const IntTensor& got,
                               const IntTensor& inputs, const IntTensor* residual,
                               const Differences& differences, const PlaceOf& place_of) {
  std::set<std::int64_t> tiles, columns;
  for (const DifferingElement& element : differences.differing) {
    tiles.insert(element.place.tile);
    columns.insert(element.place.column);
  }
  std::vector<LaneSample> samples;
  const auto wrong = static_cast<std::int64_t>(differences.differing.size());
  const std::int64_t right = golden.size() - wrong;
  const std::int64_t wrong_step = wrong / kMostSamples + 1, right_step = right / kMostSamples + 1;
  std::int64_t wrongs = 0, rights = 0;
  for (std::int64_t i = 0; i < golden.size(); ++i) {
    const bool is_right = golden[i] == got[i];
    if (is_right ? rights++ % right_step != 0 : wrongs++ % wrong_step != 0) continue;
    const ElementPlace place = place_of(i);
    if (is_right && (!tiles.contains(place.tile) || !columns.contains(place.column))) continue;
    samples.push_back({inputs[i], residual ? (*residual)[i] : 0, i % golden.channels(), golden[i],
                       got[i], i / golden.channels()});
  }
  return samples;
}

/// The value that all differing elements have, a bound mostly: many changes give some of them.
std::optional<std::int32_t> common_value(const IntTensor& got, const Differences& differences) {
  const std::int32_t value = got[differences.differing.front().flat];
  const bool is_common = std::ranges::all_of(
      differences.differing,
      [&](const DifferingElement& element) { return got[element.flat] == value; });
  return is_common && differences.differing.size() > 1 ? std::optional(value) : std::nullopt;
}

/// One change gives all wrong samples and no right one.
bool is_exact(const std::vector<LaneChange>& changes) {
  return changes.size() == 1 && changes[0].unexplained == 0 && changes[0].contradicted == 0;
}

std::string list_kinds(const std::vector<LaneChange>& changes) {
  std::string kinds;
  for (const LaneChange& change : changes) kinds += (kinds.empty() ? "" : "; or ") + change.kind;
  return kinds;
}

}  // namespace

Differences find_differences(const IntTensor& golden, const IntTensor& got, const PlaceOf& place_of,
                             std::int64_t array_columns) {
  Differences differences{golden.rows(), golden.channels(), array_columns, {}};
  for (std::int64_t i = 0; i < golden.size(); ++i)
    if (golden[i] != got[i]) differences.differing.push_back({i, place_of(i)});
  return differences;
}

Explanation explain_sums(const IntTensor& golden, const IntTensor& got,
                         const Differences& differences, bool is_stream) {
  Explanation explanation = describe(differences, 1);
  explanation.stage = is_stream ? "stream" : "array";
  for (const std::string& change : find_sum_changes(golden, got, differences)) {
    if (explanation.kind.empty()) explanation.kind = change;
    explanation.evidence.push_back("of the differing sums, " + change);
  }
  return explanation;
}

Explanation explain_codes(const IntTensor& golden, const IntTensor& got, const IntTensor& inputs,
                          const IntTensor* residual, const IntOp& quant,
                          const Differences& differences, const PlaceOf& place_of) {
  Explanation explanation = describe(differences, kFewestForColumn);
  const MulQuant* equation = equation_of(quant);
  if (!equation) {
    explanation.evidence.push_back(
        "not localised within the lanes: changes are tried on the "
        "equation of mul_quant, not on two roundings");
    return explanation;
  }
  const auto wrong = static_cast<std::int64_t>(differences.differing.size());
  const auto samples = sample(golden, got, inputs, residual, differences, place_of);
  const std::int64_t tried = std::ranges::count_if(
      samples, [](const LaneSample& sample) { return sample.got != sample.expected; });
  const std::vector<LaneChange> changes = find_lane_changes(samples, *equation);
  const auto value = common_value(got, differences);
  // One lane with one value may be stuck for any reason.
  if (value && (explanation.pe_column || !is_exact(changes))) {
    explanation.kind = fmt::format("every differing element is {}", *value);
    explanation.evidence.push_back(explanation.kind +
                                   ": changes of the equation cannot be told apart");
    return explanation;
  }
  if (changes.empty()) {
    explanation.evidence.push_back(
        fmt::format("none of {} single changes of the equation gives the differing elements",
                    count_lane_changes()));
    return explanation;
  }
  std::set<std::string> stages;
  for (const LaneChange& change : changes) stages.insert(change.stage);
  explanation.kind = list_kinds(changes);
  const std::int64_t contradicted = changes.front().contradicted;
  const std::int64_t unexplained = changes.front().unexplained;
  const std::string share =
      unexplained == 0 ? "all" : fmt::format("{} of {} tried of", tried - unexplained, tried);
  explanation.evidence.push_back(fmt::format(
      "{} gives {} {} differing elements{}", explanation.kind, share, wrong,
      contradicted == 0
          ? " and none of the others"
          : fmt::format(
                ", but {} of {} tried ones that are right too: the fault is there under some "
                "condition",
                contradicted, samples.size())));
  if (stages.size() == 1)
    explanation.stage = *stages.begin();
  else
    explanation.evidence.push_back(
        fmt::format("not localised to one stage: {} explain it alike", fmt::join(stages, ", ")));
  return explanation;
}

}  // namespace systole
