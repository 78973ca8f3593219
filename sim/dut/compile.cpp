// compile.cpp: compile units, run side by side, and the link.
#include "sim/dut/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "sim/dut/diagnostics.h"
#include "sim/dut/digest.h"
#include "sim/dut/error.h"
#include "sim/dut/store.h"
#include "sim/dut/units.h"

namespace systole::dut {
namespace {

namespace fs = std::filesystem;

unsigned jobs() { return std::max(1u, std::thread::hardware_concurrency()); }

Command compile_command(const Recipe& recipe, const fs::path& folder, const fs::path& source,
                        const std::vector<std::string>& flags, const fs::path& object) {
  Command command{compiler_command(recipe, folder), folder, object.string() + ".log"};
  command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
  command.arguments.insert(command.arguments.end(), {"-c", source.string(), "-o", object.string()});
  return command;
}

/// What makes the objects of the runtime, which are the same for all designs.
std::vector<Command> runtime_commands(const Recipe& recipe, const fs::path& folder,
                                      const fs::path& objects) {
  const fs::path console = source_root() / "sim/dut/adapter/console";
  const std::vector<std::string> hooks = {"-O1",
                                          "-DVL_USER_STOP",
                                          "-DVL_USER_FINISH",
                                          "-DVL_USER_FATAL",
                                          "-DVL_PRINTF=systole_dut_print",
                                          "-I" + source_root().string(),
                                          "-include",
                                          console.string() + ".h"};
  std::vector<Command> commands;
  for (const std::string& name : recipe.runtime_sources) {
    const fs::path source = recipe.tools.runtime / (name + ".cpp");
    commands.push_back(compile_command(recipe, folder, source, hooks, objects / (name + ".o")));
  }
  commands.push_back(
      compile_command(recipe, folder, console.string() + ".cpp", hooks, objects / "console.o"));
  return commands;
}

void run_or_throw(const std::vector<Command>& commands, const fs::path& log, const Poll& poll) {
  const std::size_t failed = run_commands(commands, jobs(), poll);
  if (failed == commands.size()) return;
  std::error_code ignored;
  fs::copy_file(commands[failed].log, log, fs::copy_options::overwrite_existing, ignored);
  throw SimulationError(fmt::format("the design's C++ does not build:\n{}  log: {}{}",
                                    compiler_errors(read_text(commands[failed].log)), log.string(),
                                    room_note(log.parent_path())));
}

}  // namespace

std::vector<std::string> compiler_command(const Recipe& recipe, const fs::path& folder) {
  std::vector<std::string> command = {recipe.tools.compiler.program.string()};
  command.insert(command.end(), recipe.compiler_flags.begin(), recipe.compiler_flags.end());
  command.insert(command.end(), {"-I" + folder.string(), "-I" + source_root().string(), "-isystem",
                                 recipe.tools.runtime.string(), "-isystem",
                                 (recipe.tools.runtime / "vltstd").string()});
  return command;
}

void compile(const Recipe& recipe, const fs::path& cache, const fs::path& folder,
             const fs::path& object, const fs::path& log, const Poll& poll) {
  std::vector<Command> commands;
  std::vector<fs::path> objects;
  for (const auto& [source, level] : write_units(recipe, folder)) {
    objects.push_back(fs::path(source).replace_extension(".o"));
    commands.push_back(compile_command(recipe, folder, source, {level}, objects.back()));
  }

  const fs::path runtime = cache / "runtime" / recipe.runtime_key;
  const fs::path new_runtime = folder / "runtime";
  const auto runtime_lock = use_entry(runtime);
  const bool has_runtime = runtime_lock.has_value();
  if (!has_runtime) {
    fs::create_directory(new_runtime);
    const auto more = runtime_commands(recipe, folder, new_runtime);
    commands.insert(commands.begin() + 1, more.begin(), more.end());
  }
  run_or_throw(commands, log, poll);

  const fs::path& runtime_objects = has_runtime ? runtime : new_runtime;
  for (const fs::directory_entry& file : fs::directory_iterator(runtime_objects)) {
    if (file.path().extension() == ".o") objects.push_back(file.path());
  }
  std::sort(objects.begin(), objects.end());

  const fs::path exports = source_root() / "sim/dut/adapter/exports.map";
  Command link{{recipe.tools.compiler.program.string(), "-shared", "-o", object.string(),
                "-Wl,--version-script=" + exports.string(), "-Wl,-z,defs"},
               folder,
               folder / "link.log"};
  for (const fs::path& input : objects) link.arguments.push_back(input.string());
  link.arguments.insert(link.arguments.end(), recipe.libraries.begin(), recipe.libraries.end());
  run_or_throw({link}, log, poll);

  if (!has_runtime) {
    for (const fs::directory_entry& file : fs::directory_iterator(new_runtime)) {
      if (file.path().extension() != ".o") fs::remove(file.path());
    }
    if (fs::exists(runtime)) remove_entry(cache, runtime);
    publish(new_runtime, runtime, {{"kind", "runtime"}});
  }
}

}  // namespace systole::dut
