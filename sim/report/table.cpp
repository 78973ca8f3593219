// table.cpp: widths, alignment, colour.
#include "sim/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace systole {

std::string painted(const std::string& text, const std::string& escape, bool colour) {
  return colour && !escape.empty() && !text.empty() ? escape + text + "\x1b[0m" : text;
}

void Table::add(std::vector<std::string> cells, std::string paint) {
  assert(cells.size() == columns_.size());
  rows_.push_back({std::move(cells), std::move(paint)});
}

std::string Table::line(const Row& row, const std::vector<std::size_t>& widths, bool colour) const {
  std::string text;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const bool last = c + 1 == columns_.size();
    const std::string& cell = row.cells[c];
    std::string padded = columns_[c].right ? fmt::format("{:>{}}", cell, widths[c])
                         : last            ? cell
                                           : fmt::format("{:<{}}", cell, widths[c]);
    text += last ? painted(padded, row.paint, colour) : padded + "  ";
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string Table::text(bool colour) const {
  Row header;
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    header.cells.push_back(columns_[c].title);
    widths.push_back(columns_[c].title.size());
    for (const Row& row : rows_) widths[c] = std::max(widths[c], row.cells[c].size());
  }
  std::string text = painted(line(header, widths, false), kBold, colour);
  for (const Row& row : rows_) text += line(row, widths, colour);
  return text;
}

}  // namespace systole
