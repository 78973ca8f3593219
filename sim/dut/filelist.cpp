// filelist.cpp: tokens of a file list, with their paths brought to the RTL folder.
#include "sim/dut/filelist.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "model/config/error.h"

namespace systole::dut {
namespace {

namespace fs = std::filesystem;

constexpr int kMostNesting = 16;

/// Replaces $NAME, ${NAME} and $(NAME) by the environment's values.
std::string expand(const std::string& text, const Location& where) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$') {
      result += text[i++];
      continue;
    }
    const char open = ++i < text.size() ? text[i] : '\0';
    const bool is_bracketed = open == '{' || open == '(';
    if (is_bracketed) ++i;
    const std::size_t begin = i;
    while (i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '_'))
      ++i;
    const std::string name = text.substr(begin, i - begin);
    if (is_bracketed && i < text.size()) ++i;
    const char* value = std::getenv(name.c_str());
    if (!value) {
      throw InputError(where, fmt::format("${}: expected a set environment variable", name));
    }
    result += value;
  }
  return result;
}

class Reader {
 public:
  explicit Reader(fs::path dir) : dir_(std::move(dir)) {}

  /// `base` is the folder, relative to the RTL folder, that the list's paths count from.
  void read(const fs::path& name, const fs::path& base, const Location& from, int nesting) {
    const fs::path file = dir_ / name;
    std::ifstream in(file);
    if (!in || !fs::is_regular_file(file)) {
      throw InputError({.where = from.file.empty() ? Location{file.string()} : from,
                        .key = "dut.filelist",
                        .got = from.file.empty() ? "no such file" : "no file " + file.string(),
                        .expected = "a list of RTL sources",
                        .hint = "dut.dir and dut.filelist (or --rtl DIR) say where it is"});
    }
    Location where{file.string(), 0};
    if (nesting > kMostNesting) throw InputError(where, "file lists include one another");
    for (std::string line; std::getline(in, line);) {
      ++where.line;
      read_line(line, base, where, nesting);
    }
  }

  FileList list;

 private:
  void read_line(const std::string& line, const fs::path& base, const Location& where,
                 int nesting) {
    std::istringstream tokens(line);
    for (std::string token; tokens >> token;) {
      if (token.starts_with("//") || token.starts_with("#")) return;
      token = expand(token, where);
      if (token == "-f" || token == "-F" || token == "-y" || token == "-v" || token == "-I") {
        std::string value;
        if (!(tokens >> value)) throw InputError(where, token + ": expected a path behind it");
        read_option(token, expand(value, where), base, where, nesting);
      } else if (token.starts_with("+incdir+")) {
        std::istringstream folders(token.substr(8));
        for (std::string folder; std::getline(folders, folder, '+');) {
          if (!folder.empty()) add_folder("+incdir+", base / folder);
        }
      } else if (token.starts_with("-I")) {
        add_folder("+incdir+", base / token.substr(2));
      } else if (token.starts_with("-") || token.starts_with("+")) {
        list.arguments.push_back(token);
      } else {
        add_source("", base / token, where);
      }
    }
  }

  void read_option(const std::string& option, const std::string& value, const fs::path& base,
                   const Location& where, int nesting) {
    if (option == "-f") {
      read(value, "", where, nesting + 1);
    } else if (option == "-F") {
      const fs::path name = base / value;
      read(name, name.parent_path(), where, nesting + 1);
    } else if (option == "-v") {
      add_source("-v", base / value, where);
    } else if (option == "-y") {
      list.arguments.push_back("-y");
      add_folder("", base / value);
    } else {
      add_folder("+incdir+", base / value);
    }
  }

  void add_folder(const std::string& option, const fs::path& folder) {
    list.arguments.push_back(option + folder.string());
    list.search_folders.push_back(folder.string());
  }

  void add_source(const std::string& option, const fs::path& source, const Location& where) {
    if (!fs::is_regular_file(dir_ / source)) {
      throw InputError({.where = where,
                        .key = source.string(),
                        .got = "no such file in " + dir_.string(),
                        .expected = "an RTL source",
                        .hint = "correct the list or add the file"});
    }
    if (!option.empty()) list.arguments.push_back(option);
    list.arguments.push_back(source.string());
    list.sources.push_back(source.string());
  }

  fs::path dir_;
};

}  // namespace

FileList read_filelist(const fs::path& dir, const std::string& name) {
  Reader reader(dir);
  reader.read(name, fs::path(name).parent_path(), {}, 0);
  if (reader.list.sources.empty()) {
    throw InputError({.where = {(dir / name).string()},
                      .key = "dut.filelist",
                      .got = "no sources",
                      .expected = "at least one RTL source"});
  }
  return reader.list;
}

}  // namespace systole::dut
