// command_cache.cpp: `systole cache list|prune`: the built designs, and verdicts.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "flows/cli/commands.h"
#include "sim/dut/cache.h"
#include "sim/report/table.h"
#include "sim/report/terminal.h"

namespace systole {
namespace {

std::string size_text(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string time_text(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%d %H:%M}",
                     fmt::localtime(std::chrono::system_clock::to_time_t(time)));
}

int list(bool as_json) {
  const std::vector<CacheEntry> entries = list_cache();
  const CachedVerdicts verdicts = count_verdicts();
  if (as_json) {
    nlohmann::ordered_json json = {
        {"designs", nlohmann::ordered_json::array()},
        {"verdicts", {{"count", verdicts.count}, {"bytes", verdicts.bytes}}}};
    for (const CacheEntry& entry : entries)
      json["designs"].push_back({{"key", entry.key},
                                 {"bytes", entry.bytes},
                                 {"last_used", time_text(entry.last_used)},
                                 {"top", entry.top},
                                 {"parameters", entry.parameters},
                                 {"rtl", entry.rtl}});
    fmt::print("{}\n", json.dump(2));
    return 0;
  }
  Table table({{"key"}, {"size", true}, {"last used"}, {"top"}, {"parameters"}, {"rtl"}});
  std::uint64_t bytes = 0;
  for (const CacheEntry& entry : entries) {
    std::string parameters;
    for (const auto& [name, value] : entry.parameters)
      parameters += fmt::format("{}{}={}", parameters.empty() ? "" : " ", name, value);
    table.add({entry.key.substr(0, 12), size_text(entry.bytes), time_text(entry.last_used),
               entry.top, parameters, entry.rtl});
    bytes += entry.bytes;
  }
  if (!entries.empty()) fmt::print("{}", table.text());
  fmt::print("{} designs, {}; {} verdicts, {}\n", entries.size(), size_text(bytes), verdicts.count,
             size_text(verdicts.bytes));
  return 0;
}

int prune(std::uint64_t most) {
  const PruneResult result = prune_cache(most);
  fmt::print("removed {} entries, {}; {} remain\n", result.removed, size_text(result.freed),
             size_text(result.remaining));
  return 0;
}

}  // namespace

void add_cache_command(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("cache", "List or prune the cache of built designs and of verdicts");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n  systole cache list\n  systole cache prune --max-size 500MB\n"
      "The cache is $SYSTOLE_CACHE, else $XDG_CACHE_HOME/systole, else ~/.cache/systole.");

  auto as_json = std::make_shared<bool>(false);
  CLI::App* lister = command->add_subcommand(
      "list", "Print every built design, last used first, and how many verdicts there are");
  lister->add_flag("--json", *as_json, "Print JSON");
  lister->callback([=, &action] { action = [=] { return list(*as_json); }; });

  auto most = std::make_shared<std::uint64_t>(0);
  CLI::App* pruner =
      command->add_subcommand("prune", "Remove the least recently used designs and verdicts");
  pruner->add_option("--max-size", *most, "Bytes to keep at most: 0, 500MB, 2GB, ...")
      ->required()
      ->transform(CLI::AsSizeValue(true))
      ->check([](const std::string& text) {  // Runs first: a negative number would wrap around.
        return text.starts_with('-') ? "a size is not negative" : std::string();
      });
  pruner->callback([=, &action] { action = [=] { return prune(*most); }; });
}

}  // namespace systole
