// toolchain.cpp: programs in PATH and the file of their versions.
#include "sim/dut/toolchain.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "sim/dut/process.h"
#include "sim/dut/store.h"

namespace systole::dut {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool is_program(const fs::path& file) {
  return fs::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0;
}

fs::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path program = fs::path(folder.empty() ? "." : folder) / name;
    if (is_program(program)) return fs::absolute(program);
  }
  throw InputError({.where = {},
                    .key = name,
                    .got = "no such program in PATH",
                    .expected = "an installed " + name + ", which builds the simulated design",
                    .hint = "flows/setup installs what is missing"});
}

fs::path find_verilator() {
  const char* chosen = std::getenv("VERILATOR");
  if (!chosen || !*chosen) return find_program("verilator");
  if (is_program(chosen)) return fs::absolute(chosen);
  throw InputError({.where = {chosen},
                    .key = "VERILATOR",
                    .got = "no program",
                    .expected = "the path of the Verilator that builds designs",
                    .hint = "unset VERILATOR to use the one in PATH"});
}

std::string stamp(const fs::path& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0) return "absent";
  return fmt::format("{} bytes of {}.{:09}", status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

/// The answers of earlier runs; a damaged or unwritable file only costs time.
class Answers {
 public:
  explicit Answers(fs::path cache) : cache_(std::move(cache)), file_(cache_ / "tools.json") {
    std::ifstream in(file_);
    if (in) answers_ = json::parse(in, nullptr, false);
    if (!answers_.is_object()) answers_ = json::object();
  }

  ~Answers() {
    if (!is_changed_) return;
    try {
      write_file_atomically(file_.string(), answers_.dump(1) + "\n");
    } catch (const std::exception&) {  // Asked again next time.
    }
  }

  /// The first line that `program` prints for `question`, while its file is `version`.
  std::string ask(const fs::path& program, const std::vector<std::string>& question,
                  const std::string& version) {
    std::vector<std::string> command = {program.string()};
    command.insert(command.end(), question.begin(), question.end());
    const std::string key = fmt::format("{} ({})", fmt::join(command, " "), version);
    const auto known = answers_.find(key);
    if (known != answers_.end() && known->is_string()) return known->get<std::string>();

    const TemporaryFolder scratch(cache_);
    const std::string answer = first_line_of(command, scratch.path());
    if (answer.empty()) {
      throw InputError({.where = {program.string()},
                        .key = "",
                        .got = "no answer to " + question.front(),
                        .expected = "a working program",
                        .hint = "flows/setup installs what is missing"});
    }
    answers_[key] = answer;
    is_changed_ = true;
    return answer;
  }

 private:
  fs::path cache_;
  fs::path file_;
  json answers_;
  bool is_changed_ = false;
};

}  // namespace

Toolchain find_toolchain(const fs::path& cache) {
  Answers answers(cache);
  Toolchain tools;

  // `verilator` is a script beside the program proper.
  const fs::path verilator = find_verilator();
  const std::string verilator_stamp =
      stamp(verilator) + ", " + stamp(verilator.parent_path() / "verilator_bin");
  tools.verilator = {verilator, answers.ask(verilator, {"--version"}, verilator_stamp),
                     verilator_stamp};
  const char* root = std::getenv("VERILATOR_ROOT");
  const fs::path own_root =
      root ? root : answers.ask(verilator, {"--getenv", "VERILATOR_ROOT"}, verilator_stamp);
  tools.runtime = own_root / "include";

  const fs::path compiler = find_program("clang++-14");
  const std::string compiler_stamp = stamp(compiler);
  tools.compiler = {compiler, answers.ask(compiler, {"--version"}, compiler_stamp), compiler_stamp};
  return tools;
}

}  // namespace systole::dut
