// filelist.h: reads a list of RTL sources (`.f` file) before Verilator does.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace systole::dut {

/// Paths are relative to the RTL folder where the list's are relative.
struct FileList {
  std::vector<std::string> arguments;  ///< For Verilator: options and sources, in order.
  std::vector<std::string> sources;
  std::vector<std::string> search_folders;  ///< +incdir+, -I and -y.
};

/// Reads `dir`/`name`. Understood are sources, +incdir+, -I, -y, -v, -f (paths from `dir`) and -F
/// (paths from the list's own folder, as `name`'s are); other options go on to Verilator. $NAME,
/// ${NAME} and $(NAME) stand for environment variables, // and # begin comments. Throws InputError
/// with file and line on a missing list, source or variable, and on lists that include one another.
FileList read_filelist(const std::filesystem::path& dir, const std::string& name);

}  // namespace systole::dut
