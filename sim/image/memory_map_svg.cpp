// memory_map_svg.cpp: a bar per memory, a segment per op.
//
// The picture is 960 units wide. Where it is shown on less than 600 pixels, its texts grow and the
// labels in the bars go, so that a phone shows the rest.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/image/memory_map.h"

namespace systole {
namespace {

constexpr double kWidth = 960, kBarX = 20, kBarWidth = kWidth - 2 * kBarX;
constexpr double kTop = 84, kRowHeight = 104, kBarY = 24, kBarHeight = 40, kDigitWidth = 8.5;
constexpr std::array kColours = {"#2f5d8c", "#4a7aac"};  // White texts have a contrast of 4.5.

constexpr const char* kStyle = R"(<style>
text { font: 14px ui-monospace, "DejaVu Sans Mono", monospace; fill: #24292f }
.title { font-size: 19px; font-weight: bold } .name { font-weight: bold }
.note { text-anchor: end } .note, .at { fill: #57606a } .mid { text-anchor: middle }
.in { text-anchor: middle; fill: #ffffff; pointer-events: none }
.back { fill: #ffffff } .free { fill: #dfe3e8 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .note, .at { fill: #9ba7b4 } .in { fill: #ffffff }
  .back { fill: #0d1117 } .free { fill: #2b323b }
}
@media (max-width: 600px) {
  text { font-size: 22px } .title { font-size: 27px } .in, .mid { display: none }
}
</style>
)";

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else
      result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return result;
}

std::string text_at(const char* style, double x, double y, const std::string& text) {
  return fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.0f}\">{}</text>", style, x, y,
                     escaped(text));
}

/// At most `most` bytes, without a part of a character at the end.
std::string shortened(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most - 2;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "..";
}

/// Words of one op's tensors, one behind the other.
struct Run {
  std::string op;
  std::int64_t address, words;
  std::size_t tensors;
};

std::vector<Run> runs_of(const StoredMemory& memory) {
  std::vector<Run> runs;
  for (const StoredTensor& stored : memory.tensors) {
    const ImageTensor& tensor = stored.tensor;
    if (runs.empty() || runs.back().op != tensor.op)
      runs.push_back({tensor.op, tensor.address, 0, 0});
    runs.back().words = tensor.address + tensor.words - runs.back().address;
    ++runs.back().tensors;
  }
  return runs;
}

/// What fits into `width`: the op; its number and its name's end; its number; nothing.
std::string label(const std::string& op, std::size_t number, double width) {
  const auto fits = static_cast<std::size_t>(std::max(0.0, (width - 4) / kDigitWidth));
  const std::string digits = std::to_string(number);
  if (op.size() <= fits) return op;
  if (const std::size_t rest = fits - std::min(fits, digits.size() + 3); rest >= 10)
    return digits + " .." + op.substr(op.size() - rest);
  return digits.size() <= fits ? digits : "";
}

std::string segment(const Run& run, double x, double y, double width, std::size_t number) {
  std::string text = fmt::format(
      "<g><title>{} {}: {} words from {:#x}, {} tensor{}</title><rect x=\"{:.2f}\" y=\"{:.0f}\" "
      "width=\"{:.2f}\" height=\"{:.0f}\" fill=\"{}\"/>",
      number, escaped(run.op), run.words, run.address, run.tensors, run.tensors == 1 ? "" : "s", x,
      y, std::max(width, 0.5), kBarHeight, kColours[number % kColours.size()]);
  if (const std::string name = label(run.op, number, width); !name.empty())
    text += text_at("in", x + width / 2, y + kBarHeight / 2 + 5, name);
  return text + "</g>\n";
}

/// The memory's ends and quarters.
std::string addresses(const StoredMemory& memory, double y) {
  const std::int64_t base = memory.layout.base, depth = memory.depth();
  std::string text = text_at("at", kBarX, y, fmt::format("{:#x}", base));
  for (std::int64_t quarter = 1; quarter < 4 && depth >= 16; ++quarter) {
    const std::int64_t words = depth * quarter / 4;
    text += text_at("at mid",
                    kBarX + kBarWidth * static_cast<double>(words) / static_cast<double>(depth), y,
                    fmt::format("{:#x}", base + words));
  }
  return text + text_at("note", kBarX + kBarWidth, y, fmt::format("{:#x}", base + depth - 1)) +
         "\n";
}

std::string bar(const StoredMemory& memory, double top) {
  const MemoryLayout& layout = memory.layout;
  const double y = top + kBarY;
  const double scale = kBarWidth / static_cast<double>(std::max<std::int64_t>(memory.depth(), 1));
  std::string text =
      text_at("name", kBarX, y - 9, to_string(memory.kind)) +
      text_at("note", kBarX + kBarWidth, y - 9, memory_size_text(memory)) +
      fmt::format("\n<rect class=\"free\" x=\"{}\" y=\"{:.0f}\" width=\"{}\" height=\"{}\"/>\n",
                  kBarX, y, kBarWidth, kBarHeight);
  std::size_t number = 0;
  for (const Run& run : runs_of(memory))
    text += segment(run, kBarX + static_cast<double>(run.address - layout.base) * scale, y,
                    static_cast<double>(run.words) * scale, number++);
  return text + addresses(memory, y + kBarHeight + 22);
}

}  // namespace

std::string memory_map_svg(const Manifest& manifest) {
  const double height = kTop + kRowHeight * static_cast<double>(manifest.memories.size());
  const std::string& name = manifest.network;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1:.0f}\" width=\"{0}\" "
      "height=\"{1:.0f}\" role=\"img\">\n<title>Memory map of {2}</title>\n{3}<rect "
      "class=\"back\" width=\"{0}\" height=\"{1:.0f}\"/>\n",
      kWidth, height, escaped(name), kStyle);
  text += text_at("title", kBarX, 34, shortened(name, 54));
  text += text_at("at", kBarX, 60,
                  fmt::format("{}x{} array, layout {}", manifest.geometry.rows,
                              manifest.geometry.cols, manifest.layout)) +
          "\n";
  double top = kTop;
  for (const StoredMemory& memory : manifest.memories) {
    text += bar(memory, top);
    top += kRowHeight;
  }
  return text + "</svg>\n";
}

}  // namespace systole
