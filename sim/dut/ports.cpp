// ports.cpp: follows Verilator's declarations up to the first module.
#include "sim/dut/ports.h"

#include <algorithm>
#include <sstream>

#include "sim/dut/digest.h"

namespace systole::dut {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFunction = "trace_init_sub__TOP__0(";

bool has(const std::string& line, const char* part) { return line.find(part) != std::string::npos; }

/// What stands between the first quotation marks.
std::string text_in_quotes(const std::string& line) {
  const std::size_t open = line.find('"');
  const std::size_t close = line.find('"', open + 1);
  if (open == std::string::npos || close == std::string::npos) return "";
  return line.substr(open + 1, close - open - 1);
}

/// "[15:0]" of a declaration that ends with ", 15,0);", else nothing.
std::string range(const std::string& line) {
  const std::size_t begin = line.rfind(", ");
  const std::size_t end = line.rfind(");");
  if (begin == std::string::npos || end == std::string::npos || begin > end) return "";
  std::string bounds = line.substr(begin + 2, end - begin - 2);
  const std::size_t comma = bounds.find(',');
  if (comma == std::string::npos || bounds.starts_with("false")) return "";
  return "[" + bounds.replace(comma, 1, ":") + "]";
}

}  // namespace

std::vector<std::string> declared_ports(const std::string& text) {
  std::vector<std::string> ports;
  std::vector<std::string> prefixes;  // Of arrays and structs.
  std::istringstream in(text.substr(std::min(text.size(), text.find(kFunction))));
  for (std::string line; std::getline(in, line) && line != "}";) {
    if (has(line, "->pushNamePrefix(")) {
      std::string prefix = text_in_quotes(line);
      const std::size_t kind = prefix.find('\\');  // A struct: "pass\206 ".
      if (kind != std::string::npos)
        prefix = prefix.substr(0, kind) + ".";
      else if (prefix.ends_with(' '))
        break;  // A module.
      prefixes.push_back(prefix);
    } else if (has(line, "->popNamePrefix(") && !prefixes.empty()) {
      prefixes.pop_back();
    } else if (has(line, "->decl")) {
      std::string name;
      for (const std::string& prefix : prefixes) name += prefix;
      ports.push_back(name + text_in_quotes(line) + range(line));
    }
  }
  return ports;
}

std::vector<std::string> traced_ports(const fs::path& folder) {
  std::string definition = kFunction;
  definition += "Vdut___024root* vlSelf, VerilatedFst* tracep) {";
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with("Vdut__Trace__") || !name.ends_with("__Slow.cpp")) continue;
    const std::string text = read_text(file.path());
    if (text.find(definition) != std::string::npos) return declared_ports(text);
  }
  return {};
}

}  // namespace systole::dut
