// fuzz.cpp: builds, hunts, reduces, writes.
#include "flows/cli/fuzz.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "flows/cli/interrupt.h"
#include "flows/cli/program.h"
#include "flows/cli/progress.h"
#include "flows/cli/reproducer.h"
#include "flows/cli/run_config.h"
#include "flows/cli/stopwatch.h"
#include "flows/fuzz/draw_case.h"
#include "flows/fuzz/minimise.h"
#include "model/tensor/atomic_file.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

/// A failing design fails in case after case: the first ones tell as much as all.
constexpr std::size_t kMostReproducers = 4;

/// Small, so that a few rows and channels make several tiles and chunks; between them square, tall
/// and wide, both widths of scales, narrow operands, both kinds of lanes.
const std::vector<std::vector<std::string>> kSmallCores = {
    {"Rows=4", "Cols=4", "AccDepth=12", "Gemmlowp=1"},
    {"Rows=8", "Cols=4", "AccDepth=72", "ScaleBits=16"},
    {"Rows=4", "Cols=8", "AccDepth=9", "ActBits=6", "WeightBits=5"}};

DutConfig small_core(const std::vector<std::string>& parameters, const FuzzRequest& request) {
  std::vector<std::string> overrides = {"dut.optimize=O1"};
  for (const std::string& parameter : parameters)
    overrides.push_back("dut.parameters." + parameter);
  overrides.insert(overrides.end(), request.overrides.begin(), request.overrides.end());
  const Scratch scratch;
  write_file_atomically(scratch.file("fuzz.yaml"), "{}\n");
  return parse_dut_config(Settings::load(scratch.file("fuzz.yaml"), dut_keys(), overrides));
}

/// Without those that the overrides have made equal.
std::vector<DutConfig> configs_of(const FuzzRequest& request) {
  if (!request.config.empty()) return {load_run_config(request.config, request.overrides).dut};
  std::vector<DutConfig> configs;
  for (const auto& parameters : kSmallCores) {
    DutConfig config = small_core(parameters, request);
    if (std::ranges::find(configs, config.parameters, &DutConfig::parameters) == configs.end())
      configs.push_back(std::move(config));
  }
  return configs;
}

std::string name_of(const DutConfig& config) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : config.parameters)
    if (const KeySpec* spec = find_key(dut_keys(), "dut.parameters." + name);
        !spec || spec->default_value != std::to_string(value))
      parts.push_back(fmt::format("{}={}", name, value));
  return fmt::format("{} {}", config.top, fmt::join(parts, " "));
}

FuzzDesign build(const DutConfig& config, Progress& line) {
  BuiltDut built = build_dut(config, [&](std::string_view step) {
    if (interrupted()) throw Interrupted{};
    line.show(fmt::format("building {}: {}", name_of(config), step));
  });
  const DutFacts facts = read_facts(built);
  return {config, std::move(built), facts.geometry};
}

std::vector<std::string> describe(const FuzzCase& fuzz_case) {
  std::vector<std::string> texts;
  for (const FuzzOp& op : fuzz_case.ops) texts.push_back(describe(op));
  return texts;
}

class Fuzzer {
 public:
  explicit Fuzzer(const FuzzRequest& request) : request_(request) {
    for (const DutConfig& config : configs_of(request)) {
      report_.designs.push_back(name_of(config));
      designs_.push_back(build(config, line_));
    }
  }

  FuzzReport run() {
    std::uint64_t next = request_.only_case.value_or(0);
    do {
      std::optional<FailedCase> to_reduce;
      add(hunt_from(next, to_reduce));
      next = report_.hunt.next;
      if (to_reduce) reduce(report_.failures.back());
    } while (goes_on() && request_.keep_going && !request_.only_case);
    report_.interrupted = interrupted();
    line_.clear();
    return std::move(report_);
  }

 private:
  bool goes_on() const { return !interrupted() && report_.seconds < request_.seconds; }

  HuntResult hunt_from(std::uint64_t first, std::optional<FailedCase>& to_reduce) {
    Stopwatch watch;
    HuntOptions options{.seed = request_.seed,
                        .first = first,
                        .workers = request_.workers,
                        .logs = request_.out + "/workers"};
    if (request_.only_case) options.most = 1;
    const double before = report_.seconds;
    const HuntHooks hooks = {
        [&](const FuzzCounts& counts) { show(counts, watch.seconds()); },
        [&](const FailedCase& failed) {
          report_.failures.push_back(
              {.found = failed,
               .ops = describe(draw_case(request_.seed, failed.number, geometries(designs_))),
               .smallest = {},
               .message = {},
               .reproducer = {}});
          if (report_.failures.size() <= kMostReproducers) to_reduce = failed;
          return !to_reduce && request_.keep_going;
        },
        [&] {
          report_.seconds = before + watch.seconds();
          return !interrupted() && (request_.only_case || report_.seconds < request_.seconds);
        }};
    HuntResult result = hunt(designs_, options, hooks);
    report_.seconds = before + watch.seconds();
    return result;
  }

  void add(const HuntResult& more) {
    report_.hunt.counts += more.counts;
    for (const auto& [kind, count] : more.kinds) report_.hunt.kinds[kind] += count;
    report_.hunt.next = more.next;
  }

  void show(const FuzzCounts& counts, double seconds) {
    FuzzCounts all = report_.hunt.counts;
    all += counts;
    line_.show(fmt::format("fuzzing: {} cases, {:.0f} cases/s, {} elements compared, {:.0f} s left",
                           with_commas(all.cases), static_cast<double>(counts.cases) / seconds,
                           with_commas(all.compared),
                           std::max(0.0, request_.seconds - report_.seconds)));
  }

  /// Makes the failing case small and writes its reproducer.
  void reduce(FuzzFailure& failure) {
    Stopwatch watch;
    const std::uint64_t number = failure.found.number;
    FuzzCase smallest = draw_case(request_.seed, number, geometries(designs_));
    const FuzzDesign& design = designs_[smallest.design];
    const auto failure_of = [&](const FuzzCase& fuzz_case) -> std::optional<std::string> {
      if (interrupted()) return std::nullopt;
      line_.show(fmt::format("case {}: reducing, {} trials", number, ++failure.trials));
      return failure_alone(fuzz_case, failure.found.state, design,
                           request_.out + "/reduction");  // Else the hunt's logs would go.
    };
    if (failure_of(smallest)) {
      smallest = minimise(smallest, [&](const FuzzCase& fuzz_case) {
                   return failure_of(fuzz_case).has_value();
                 }).smallest;
      failure.message = failure_of(smallest).value_or("");
    }
    failure.smallest = describe(smallest);
    failure.reproducer = fmt::format("{}/seed-{}-case-{}", request_.out, request_.seed, number);
    write(smallest, design, failure);
    failure.seconds = watch.seconds();
  }

  void write(const FuzzCase& smallest, const FuzzDesign& design, const FuzzFailure& failure) {
    FuzzNetwork made = network_of(smallest.ops);
    made.network.name = fmt::format("fuzz_{}_{}", request_.seed, failure.found.number);
    const std::string outcome =
        failure.message.empty()
            ? "It has not failed again in a run of its own; this is the whole case."
            : fmt::format("What is left of it: {}. Its run says: {}.",
                          fmt::join(failure.smallest, "; "), failure.message);
    write_reproducer(failure.reproducer, {std::move(made.network), std::move(made.inputs),
                                          design.config, smallest.bench, smallest.allow_wrap,
                                          fmt::format("Found by `{}`: {}. {}",
                                                      rerun_command(request_, failure.found.number),
                                                      failure.found.message, outcome)});
  }

  const FuzzRequest& request_;
  Progress line_;
  std::vector<FuzzDesign> designs_;
  FuzzReport report_;
};

}  // namespace

int exit_code(const FuzzReport& report) {
  const auto has = [&](OpState state) {
    return std::ranges::any_of(
        report.failures, [&](const FuzzFailure& failure) { return failure.found.state == state; });
  };
  if (has(OpState::kFailed)) return exit_code(VerdictState::kFailed);
  if (has(OpState::kMismatch)) return exit_code(VerdictState::kMismatch);
  if (report.interrupted) return exit_code(VerdictState::kIncomplete);
  return exit_code(report.hunt.counts.compared > 0 ? VerdictState::kMatch
                                                   : VerdictState::kMismatch);
}

FuzzReport fuzz(const FuzzRequest& request) { return Fuzzer(request).run(); }

}  // namespace systole
