// command_bench.cpp: `systole bench`.
#include "flows/cli/commands.h"

namespace systole {

void add_bench_command(CLI::App&, Action&) {}

}  // namespace systole
