// main.cpp: the `systole` command; the one place where errors become messages and exit codes.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <new>

#include "flows/cli/commands.h"
#include "flows/cli/interrupt.h"
#include "model/config/error.h"
#include "sim/dut/error.h"

namespace {

constexpr int kBadInput = 2;
constexpr int kSimulationFailed = 3;

int complain(const std::string& message, int exit_code) {
  spdlog::error(message);
  return exit_code;
}

/// Log lines go to stderr, errors and warnings only unless `--verbose` asks for steps.
void start_log() {
  spdlog::set_default_logger(spdlog::stderr_color_mt("systole"));
  spdlog::set_pattern("%n: %^%l%$: %v");
  spdlog::set_level(spdlog::level::warn);
}

int run(const systole::Action& action) {
  try {
    return action();
  } catch (const systole::InputError& error) {
    return complain(error.what(), kBadInput);
  } catch (const systole::SimulationError& error) {
    return complain(error.what(), kSimulationFailed);
  } catch (const systole::Interrupted&) {
    return complain("interrupted", systole::kInterruptedExit);
  } catch (const std::filesystem::filesystem_error& error) {
    return complain(error.what(), kBadInput);
  } catch (const std::bad_alloc&) {
    return complain("out of memory: give fewer inputs (--count) or a smaller network", kBadInput);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Systole tells, bit by bit, whether RTL computes a quantised neural network.\n\n"
      "Exit codes: 0 match, 1 mismatch, 2 bad input, 3 the simulation failed, 130 interrupted."};
  app.name("systole");
  app.require_subcommand(0, 1);  // Checked below: an unknown one is then named.
  app.set_version_flag("--version", SYSTOLE_VERSION);
  app.footer(
      "Examples:\n"
      "  systole run configs/digits.yaml\n"
      "  systole run configs/digits.yaml --set dut.parameters.Rows=8 --count 16\n"
      "  systole explain dut.parameters.Rows");

  bool verbose = false;
  app.add_flag("-v,--verbose", verbose, "Log the steps of a run to stderr");

  systole::Action action;
  systole::add_run_command(app, action);
  systole::add_regress_command(app, action);
  systole::add_estimate_command(app, action);
  systole::add_quantize_command(app, action);
  systole::add_evaluate_command(app, action);
  systole::add_golden_command(app, action);
  systole::add_show_command(app, action);
  systole::add_compare_command(app, action);
  systole::add_bench_command(app, action);
  systole::add_fuzz_command(app, action);
  systole::add_cache_command(app, action);
  systole::add_import_command(app, action);
  systole::add_check_import_command(app, action);
  systole::add_lower_command(app, action);
  systole::add_export_command(app, action);
  systole::add_verify_images_command(app, action);
  systole::add_explain_command(app, action);

  start_log();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version.
    return complain(std::string(error.what()) + "; --help lists what there is", kBadInput);
  }
  if (!action) return complain("no subcommand given; systole --help lists them", kBadInput);
  if (verbose) spdlog::set_level(spdlog::level::info);
  systole::catch_interrupts();
  return run(action);
}
