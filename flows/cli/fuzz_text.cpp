// fuzz_text.cpp: what a fuzzer's run has found, for people and for programs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "flows/cli/fuzz.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

constexpr std::size_t kMostListed = 20;

/// A word of a shell's command line.
std::string shell_word(const std::string& text) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string failure_text(const FuzzRequest& request, const FuzzFailure& failure) {
  std::string text = fmt::format("case {}: {}\n", failure.found.number, failure.found.message);
  for (const std::string& op : failure.ops) text += fmt::format("    {}\n", op);
  text += fmt::format("    again: {}\n", rerun_command(request, failure.found.number));
  if (failure.reproducer.empty()) return text;
  if (failure.message.empty()) {
    text += "  it does not fail in a run of its own\n";
  } else {
    text += fmt::format("  reduced in {} trials, {:.1f} s: {}\n", failure.trials, failure.seconds,
                        failure.message);
    for (const std::string& op : failure.smallest) text += fmt::format("    {}\n", op);
  }
  return text +
         fmt::format("    run it: systole run {}\n", shell_word(failure.reproducer + "/run.yaml"));
}

}  // namespace

std::string rerun_command(const FuzzRequest& request, std::uint64_t number) {
  std::string command = "systole fuzz";
  if (!request.config.empty()) command += " " + shell_word(request.config);
  for (const std::string& text : request.overrides) command += " --set " + shell_word(text);
  return command + fmt::format(" --seed {} --case {}", request.seed, number);
}

std::string to_text(const FuzzRequest& request, const FuzzReport& report) {
  std::string text;
  for (const std::string& design : report.designs) text += design + "\n";
  for (const auto& [kind, count] : report.hunt.kinds)
    text += fmt::format("  {:<22} {:>9}\n", kind, with_commas(count));
  const std::size_t listed = std::min(report.failures.size(), kMostListed);
  for (std::size_t i = 0; i < listed; ++i) text += failure_text(request, report.failures[i]);
  if (listed < report.failures.size())
    text += fmt::format("and {} more failing cases; --json lists all\n",
                        with_commas(static_cast<std::int64_t>(report.failures.size() - listed)));
  const FuzzCounts& counts = report.hunt.counts;
  const int exit = exit_code(report);
  const char* verdict = exit == 0     ? "MATCH"
                        : exit == 1   ? "MISMATCH"
                        : exit == 130 ? "INTERRUPTED"
                                      : "FAILED";
  return text + fmt::format(
                    "{}  seed {}: {} cases ({:.0f}/s), {} ops, {} elements compared, {} ops on the "
                    "host (not tested), {} cases failed, {:.1f} s\n",
                    verdict, request.seed, with_commas(counts.cases),
                    static_cast<double>(counts.cases) / std::max(report.seconds, 1e-9),
                    with_commas(counts.ops), with_commas(counts.compared),
                    with_commas(counts.host_ops), with_commas(std::ssize(report.failures)),
                    report.seconds);
}

std::string to_json(const FuzzRequest& request, const FuzzReport& report) {
  using Json = nlohmann::ordered_json;
  const FuzzCounts& counts = report.hunt.counts;
  Json failures = Json::array();
  for (const FuzzFailure& failure : report.failures)
    failures.push_back({{"case", failure.found.number},
                        {"state", to_string(failure.found.state)},
                        {"message", failure.found.message},
                        {"ops", failure.ops},
                        {"again", rerun_command(request, failure.found.number)},
                        {"reproducer", failure.reproducer},
                        {"reduced_ops", failure.smallest},
                        {"reduced_message", failure.message},
                        {"trials", failure.trials},
                        {"seconds", failure.seconds}});
  const Json json = {{"seed", request.seed},
                     {"exit_code", exit_code(report)},
                     {"interrupted", report.interrupted},
                     {"seconds", report.seconds},
                     {"designs", report.designs},
                     {"cases", counts.cases},
                     {"ops", counts.ops},
                     {"host_ops", counts.host_ops},
                     {"compared", counts.compared},
                     {"cycles", counts.cycles},
                     {"kinds", report.hunt.kinds},
                     {"failures", failures}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace systole
