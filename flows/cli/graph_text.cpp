// graph_text.cpp: lays tensors out in lanes.
#include "flows/cli/graph_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace systole {
namespace {

/// The tensors that lanes hold; empty: a free lane.
class GraphLanes {
 public:
  explicit GraphLanes(const GraphView& graph) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      for (const std::string& input : graph.nodes[i].inputs) last_use_[input] = i;
  }

  /// The lanes as they pass node `i`, drawn.
  std::string draw(const GraphNode& node, std::size_t i) {
    std::set<std::size_t> operands, ended;
    for (const std::string& input : node.inputs) {
      const std::size_t lane = find(input);
      operands.insert(lane);
      if (last_use_.at(input) == i) ended.insert(lane);
    }
    const std::size_t place = ended.empty() ? find("") : *ended.begin();
    if (place == lanes_.size()) lanes_.emplace_back();
    const std::string line = line_of(node, place, operands, ended);
    for (const std::size_t lane : ended) lanes_[lane].clear();
    lanes_[place] = last_use_.contains(node.name) ? node.name : "";
    while (!lanes_.empty() && lanes_.back().empty()) lanes_.pop_back();
    return line;
  }

 private:
  /// The lane of a tensor, or the first that is free ("").
  std::size_t find(const std::string& name) const {
    return static_cast<std::size_t>(std::find(lanes_.begin(), lanes_.end(), name) - lanes_.begin());
  }

  std::string line_of(const GraphNode& node, std::size_t place,
                      const std::set<std::size_t>& operands,
                      const std::set<std::size_t>& ended) const {
    std::size_t left = place, right = place;
    for (const std::size_t lane : operands) {
      left = std::min(left, lane);
      right = std::max(right, lane);
    }
    std::string line;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      if (lane > 0) line += left < lane && lane <= right ? "─" : " ";
      const bool goes_on = !lanes_[lane].empty() && !ended.contains(lane);
      if (lane == place)
        line += node.is_output ? "◉" : node.unit == ComputeUnit::kInput ? "○" : "●";
      else if (operands.contains(lane))
        line += joint(lane == left, lane == right, goes_on);
      else
        line += goes_on ? "│" : left < lane && lane < right ? "─" : " ";
    }
    return line;
  }

  /// Where a line to an op leaves an operand's lane: at the line's left or right end, or between.
  static const char* joint(bool is_left_end, bool is_right_end, bool goes_on) {
    if (is_left_end) return goes_on ? "├" : "╰";
    if (is_right_end) return goes_on ? "┤" : "╯";
    return goes_on ? "┼" : "┴";
  }

  std::map<std::string, std::size_t> last_use_;
  std::vector<std::string> lanes_;
};

struct Row {
  std::string lanes, name, kind, shape, type;
};

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = count_characters(text);
  return length < width ? text + std::string(width - length, ' ') : text;
}

/// The first `width` characters; the last of them is "…" where some are lost.
std::string cut(const std::string& text, std::size_t width) {
  if (count_characters(text) <= width) return text;
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && count++ == width - 1) break;
  return text.substr(0, end) + "…";
}

std::size_t widest(const std::vector<Row>& rows, std::string Row::*column) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, count_characters(row.*column));
  return width;
}

}  // namespace

std::string graph_text(const GraphView& graph, std::size_t width) {
  constexpr std::size_t kShortestName = 12;
  width = std::max<std::size_t>(width, 40);
  GraphLanes lanes(graph);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    rows.push_back(
        {lanes.draw(node, i), node.name, node.kind, extents_text(node.shape), node.type});
  }
  const std::size_t kind = widest(rows, &Row::kind), shape = widest(rows, &Row::shape);
  // Wide graphs may take a third of the line; wider ones are cut.
  const std::size_t drawing =
      std::min(widest(rows, &Row::lanes), std::max<std::size_t>(width / 3, 1));
  const std::size_t others = drawing + kind + shape + widest(rows, &Row::type) + 8;
  const std::size_t room = width > others + kShortestName ? width - others : kShortestName;
  const std::size_t name = std::min(widest(rows, &Row::name), room);
  std::string text;
  for (const Row& row : rows) {
    std::string line = fmt::format("{}  {}  {}  {}  {}", padded(cut(row.lanes, drawing), drawing),
                                   padded(shortened(row.name, name), name), padded(row.kind, kind),
                                   padded(row.shape, shape), row.type);
    text += cut(line, width) + "\n";
  }
  return text;
}

}  // namespace systole
