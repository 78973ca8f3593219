// commands.h: the subcommands of `systole`; each adds itself to the command line.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace systole {

/// Set by the subcommand that was given; returns the exit code.
using Action = std::function<int()>;

void add_run_command(CLI::App& app, Action& action);
void add_golden_command(CLI::App& app, Action& action);
void add_quantize_command(CLI::App& app, Action& action);
void add_evaluate_command(CLI::App& app, Action& action);
void add_show_command(CLI::App& app, Action& action);
void add_compare_command(CLI::App& app, Action& action);
void add_bench_command(CLI::App& app, Action& action);
void add_cache_command(CLI::App& app, Action& action);
void add_import_command(CLI::App& app, Action& action);
void add_check_import_command(CLI::App& app, Action& action);
void add_lower_command(CLI::App& app, Action& action);
void add_estimate_command(CLI::App& app, Action& action);
void add_fuzz_command(CLI::App& app, Action& action);
void add_regress_command(CLI::App& app, Action& action);
void add_export_command(CLI::App& app, Action& action);
void add_verify_images_command(CLI::App& app, Action& action);
void add_explain_command(CLI::App& app, Action& action);

}  // namespace systole
