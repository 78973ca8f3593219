// verdict.h: what a run says about each op, as plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/tensor/tensor.h"
#include "sim/channel/failure.h"

namespace systole {

enum class Engine { kRtl, kHost };

/// kHost: computed by the reference, nothing compared. kSkipped: not selected, or not reached.
enum class OpState { kMatch, kMismatch, kFailed, kHost, kSkipped };

/// Where a difference arose: in the accumulators (array) or behind them (MulQuant).
enum class Stage { kNone, kAccumulator, kMulQuant };

/// Where the design computes an element: output tile, activation row in the tile, column of the
/// array.
struct ElementPlace {
  std::int64_t tile = 0;
  std::int64_t row = 0;
  std::int64_t column = 0;
};
using PlaceOf = std::function<ElementPlace(std::int64_t flat)>;

struct Difference {
  Shape index;
  std::int32_t expected = 0;
  std::int32_t got = 0;
  ElementPlace place;
};

/// Counts of differing elements, summed over cells of about equal size.
struct HeatMap {
  std::int64_t rows = 0;             ///< Of the output [m x channels]: over m, at most 64 cells.
  std::int64_t columns = 0;          ///< Over channels, at most 64 cells.
  std::vector<std::int64_t> counts;  ///< [rows x columns].
};

/// What is known of why an op differs, beyond its first difference. Empty texts and missing values
/// are what was not localised.
struct Explanation {
  std::string pattern;   ///< Which elements differ: "column 3 of the array", "all".
  std::string stage;     ///< array, stream, tap, multiply, bias, residual, round, zero_point or
                         ///< clamp.
  bool follows = false;  ///< From the op's accumulators, which differ: it is right on those.
  std::string kind;      ///< The change of the equation that gives what was seen.
  std::optional<std::int64_t> pe_row, pe_column;
  std::optional<std::uint64_t> first_cycle;  ///< In which a wrong beat leaves the array, or the op.
  std::vector<std::string> evidence;         ///< A sentence per conclusion, or why there is none.
  HeatMap output;
  std::vector<std::int64_t> array_columns;  ///< Differing elements per column of the array.
  /// Files, relative to the run's directory.
  std::string wave, view, reproducer;
};

/// One op of the network.
struct OpVerdict {
  std::string name;
  std::string op;
  Engine engine = Engine::kHost;
  OpState state = OpState::kSkipped;
  Shape shape;
  std::int64_t macs = 0;
  std::uint64_t cycles = 0;  ///< Of the command group; 0 on the row that shares another's cycles.
  std::uint64_t predicted = 0;  ///< Likewise, by the cycle model (sim/schedule/cycles.h).
  double utilisation = 0.0;     ///< MACs / (cycles * rows * cols).
  std::int64_t compared = 0;
  std::int64_t mismatched = 0;  ///< Differing and extra elements.
  std::optional<Difference> first;
  Stage stage = Stage::kNone;
  std::optional<double> sqnr;  ///< dB, integer against float path; where there is a float path.
  std::string message;         ///< Why it failed, or why the host computes it.
  Failure failure;             ///< Of a failed op.
  std::optional<Explanation> explanation;
  /// Of a chained replay: elements that differ from the reference on the operands that the op got.
  std::optional<std::int64_t> own;
  bool cached = false;  ///< The verdict of an earlier run of the same inputs, design, schedule.
};

/// kMatch 0, kMismatch 1, kFailed 3, kIncomplete 130.
enum class VerdictState { kMatch, kMismatch, kFailed, kIncomplete };

struct Totals {
  VerdictState state = VerdictState::kMatch;
  std::int64_t compared = 0;
  std::int64_t mismatched = 0;
  std::int64_t cached = 0;  ///< Of `compared`: by earlier runs.
};

/// Whether an op that ran to its end took over 2 % more or less cycles than predicted.
bool is_unpredicted(const OpVerdict& op);

/// Sums over the ops. Nothing compared over the run is a mismatch; `interrupted` makes it
/// incomplete and any failed op makes it failed, whatever else matched.
Totals total(const std::vector<OpVerdict>& ops, bool interrupted);

int exit_code(VerdictState state);
std::string_view to_string(VerdictState state);
std::string_view to_string(OpState state);
std::string_view to_string(Stage stage);
std::string_view to_string(Engine engine);
/// "hang", "assertion", "crash", "other"; nothing of kNone.
std::string_view to_string(FailureKind kind);

}  // namespace systole
