// table.h: columns of text.
#pragma once

#include <string>
#include <vector>

namespace systole {

/// A table whose columns are as wide as their widest cell.
class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;  ///< Right-aligned: numbers.
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell per column. `paint` is an ANSI escape for the last cell, or empty.
  void add(std::vector<std::string> cells, std::string paint = "");
  /// The header and all rows, a line each, with no trailing blanks.
  std::string text(bool colour = false) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string paint;
  };
  std::string line(const Row& row, const std::vector<std::size_t>& widths, bool colour) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

inline constexpr const char* kBold = "\x1b[1m";
inline constexpr const char* kGood = "\x1b[32m";
inline constexpr const char* kBad = "\x1b[1;31m";
inline constexpr const char* kDim = "\x1b[2m";

/// `text` between `escape` and its end, or as it is.
std::string painted(const std::string& text, const std::string& escape, bool colour);

}  // namespace systole
