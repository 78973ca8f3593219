// memory_map_svg.cpp: a bar per memory, a segment per op.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/image/memory_map.h"

namespace systole {
namespace {

constexpr double kBarX = 20, kBarWidth = 920, kRowHeight = 86, kBarHeight = 34, kTop = 64;
constexpr std::array kColours = {"#4878a8", "#74a5d0"};

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
      result += c;
  }
  return result;
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

std::string segment(const Run& run, double x, double y, double width, std::size_t number) {
  std::string text = fmt::format(
      "<g><title>{}: {} words from {:#x}, {} tensors</title><rect x=\"{:.2f}\" y=\"{:.0f}\" "
      "width=\"{:.2f}\" height=\"{:.0f}\" fill=\"{}\"/>",
      escaped(run.op), run.words, run.address, run.tensors, x, y, std::max(width, 0.5), kBarHeight,
      kColours[number % kColours.size()]);
  const auto fits = static_cast<std::size_t>(std::max(0.0, (width - 8) / 7.2));
  if (run.op.size() <= fits)
    text += fmt::format("<text class=\"in\" x=\"{:.2f}\" y=\"{:.0f}\">{}</text>", x + width / 2,
                        y + 22, escaped(run.op));
  return text + "</g>\n";
}

std::string bar(const StoredMemory& memory, double top) {
  const MemoryLayout& layout = memory.layout;
  const double y = top + 22;
  const double scale = kBarWidth / static_cast<double>(std::max<std::int64_t>(memory.depth(), 1));
  const double bytes = static_cast<double>(memory.words) * layout.word_bits / 8;
  std::string text = fmt::format(
      "<text class=\"name\" x=\"{0}\" y=\"{1:.0f}\">{2}</text><text class=\"note\" x=\"{3}\" "
      "y=\"{1:.0f}\">{4} words of {5} bits, {6:.1f} KiB{7}</text>\n"
      "<rect class=\"free\" x=\"{0}\" y=\"{8:.0f}\" width=\"{9}\" height=\"{10}\"/>\n",
      kBarX, y - 7, to_string(memory.kind), kBarX + kBarWidth, memory.words, layout.word_bits,
      bytes / 1024,
      layout.banks * layout.lanes > 1
          ? fmt::format(", {} banks, {} lanes", layout.banks, layout.lanes)
          : "",
      y, kBarWidth, kBarHeight);
  std::size_t number = 0;
  for (const Run& run : runs_of(memory))
    text += segment(run, kBarX + static_cast<double>(run.address - layout.base) * scale, y,
                    static_cast<double>(run.words) * scale, number++);
  return text + fmt::format(
                    "<text class=\"at\" x=\"{}\" y=\"{:.0f}\">{:#x}</text><text class=\"note\" "
                    "x=\"{}\" y=\"{:.0f}\">{:#x}</text>\n",
                    kBarX, y + kBarHeight + 15, layout.base, kBarX + kBarWidth, y + kBarHeight + 15,
                    layout.base + memory.depth() - 1);
}

constexpr const char* kStyle = R"(<style>
text { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; fill: #24292f }
.title { font-size: 16px; font-weight: bold } .name { font-weight: bold; font-size: 13px }
.note { text-anchor: end; fill: #57606a } .at { fill: #57606a }
.in { text-anchor: middle; fill: #ffffff } .back { fill: #ffffff } .free { fill: #e6e8eb }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .note, .at { fill: #9ba7b4 } .in { fill: #ffffff }
  .back { fill: #0d1117 } .free { fill: #21262d }
}
</style>
)";

}  // namespace

std::string memory_map_svg(const Manifest& manifest) {
  const double height = kTop + kRowHeight * static_cast<double>(manifest.memories.size()) + 6;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 {0:.0f}\" width=\"960\" "
      "height=\"{0:.0f}\" role=\"img\">\n{1}<rect class=\"back\" width=\"960\" "
      "height=\"{0:.0f}\"/>\n"
      "<text class=\"title\" x=\"{2}\" y=\"34\">{3} in the memories of a {4}x{5} array</text>\n",
      height, kStyle, kBarX, escaped(manifest.network), manifest.geometry.rows,
      manifest.geometry.cols);
  double top = kTop;
  for (const StoredMemory& memory : manifest.memories) {
    text += bar(memory, top);
    top += kRowHeight;
  }
  return text + "</svg>\n";
}

}  // namespace systole
