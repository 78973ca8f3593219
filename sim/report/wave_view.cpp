// wave_view.cpp: the files of GTKWave and Surfer.
#include "sim/report/wave_view.h"

#include <fmt/format.h>

#include <filesystem>

#include "sim/dut/abi.h"

namespace systole {
namespace {

using Format = WaveSignal::Format;

// GTKWave's trace flags: radix, right-justified; the comment's and the group's borders.
constexpr const char* kBitFlags = "@28";
constexpr const char* kSignedFlags = "@420";
constexpr const char* kUnsignedFlags = "@24";
constexpr const char* kCommentFlags = "@200";
constexpr const char* kGroupBeginFlags = "@800200";
constexpr const char* kGroupEndFlags = "@1000200";

const char* flags_of(Format format) {
  switch (format) {
    case Format::kBit:
      return kBitFlags;
    case Format::kSigned:
      return kSignedFlags;
    case Format::kUnsigned:
      return kUnsignedFlags;
  }
  return kBitFlags;
}

/// A line break would end the comment.
std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

/// Longer comments push the signals' values off the screen.
constexpr std::size_t kMostColumns = 52;

/// `text` in lines of at most kMostColumns, cut between words where there are any; all but the
/// first are indented.
std::vector<std::string> wrapped(const std::string& text) {
  std::vector<std::string> lines;
  std::string rest = one_line(text);
  while (rest.size() > kMostColumns) {
    std::size_t end = rest.rfind(' ', kMostColumns);
    if (end == std::string::npos || rest.find_first_not_of(' ') > end) end = kMostColumns;
    lines.push_back(rest.substr(0, end));
    rest = "  " + rest.substr(rest[end] == ' ' ? end + 1 : end);
  }
  lines.push_back(rest);
  return lines;
}

/// Time of the cycle in which the waveform shows what its transfers see.
std::uint64_t time_of(std::uint64_t cycle) { return cycle * abi::kTicksPerCycle; }

std::vector<std::string> comments(const WaveView& view) {
  std::vector<std::string> comments = {view.title};
  comments.insert(comments.end(), view.notes.begin(), view.notes.end());
  if (view.cycle)
    comments.push_back(fmt::format("marker: cycle {}, time {}", *view.cycle, time_of(*view.cycle)));
  std::vector<std::string> lines;
  for (const std::string& comment : comments)
    for (std::string& line : wrapped(comment)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace

std::string gtkwave_view(const WaveView& view) {
  // Found by looking: a cycle is about as wide as a number of seven digits, some twenty are seen.
  constexpr const char* kZoom = "-5.6";
  constexpr std::uint64_t kCyclesBefore = 12;
  std::string text =
      fmt::format("[*] {}\n[dumpfile] \"{}\"\n[savefile] \"{}\"\n", one_line(view.title), view.wave,
                  std::filesystem::path(view.wave).replace_extension(".gtkw").string());
  const std::uint64_t cycle = view.cycle.value_or(0);
  text += fmt::format("[timestart] {}\n[size] 1600 1000\n[sst_width] 200\n[signals_width] 420\n",
                      time_of(cycle > kCyclesBefore ? cycle - kCyclesBefore : 0));
  text += fmt::format("*{} {}", kZoom, view.cycle ? std::to_string(time_of(cycle)) : "-1");
  for (int marker = 0; marker < 26; ++marker) text += " -1";
  text += "\n[treeopen] TOP.\n";
  if (view.is_core) text += "[treeopen] TOP.systole_core.\n";
  text += "[sst_expanded] 1\n";

  text += fmt::format("{}\n", kCommentFlags);
  for (const std::string& line : comments(view)) text += "-" + line + "\n";
  for (const WaveGroup& group : wave_groups(view)) {
    text += fmt::format("{}\n-{}\n", kGroupBeginFlags, group.name);
    for (const WaveSignal& signal : group.signals)
      text += fmt::format("{}\n{}\n", flags_of(signal.format), signal.name);
    text += fmt::format("{}\n-{}\n", kGroupEndFlags, group.name);
  }
  return text + "[pattern_trace] 1\n[pattern_trace] 0\n";
}

std::string surfer_view(const WaveView& view) {
  std::string text = fmt::format("load_file {}\n", view.wave);
  for (const std::string& line : comments(view)) text += fmt::format("divider_add {}\n", line);
  for (const WaveGroup& group : wave_groups(view)) {
    text += fmt::format("divider_add {}\n", group.name);
    // Surfer names a variable without the range of its bits.
    for (const WaveSignal& signal : group.signals)
      text += fmt::format("variable_add {}\n", signal.name.substr(0, signal.name.ends_with(":0]")
                                                                         ? signal.name.rfind('[')
                                                                         : std::string::npos));
  }
  text += "zoom_fit\n";
  if (view.cycle) text += fmt::format("cursor_set {}\ngoto_cursor\n", time_of(*view.cycle));
  return text;
}

}  // namespace systole
