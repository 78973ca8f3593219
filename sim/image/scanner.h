// scanner.h: takes a text of words, punctuation and comments apart from left to right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/config/error.h"

namespace systole {

/// What a comment begins and ends with.
struct Comment {
  std::string_view open;
  std::string_view close;  ///< "\n": the file's end ends it, too.
};

/// Every call first skips white space and comments.
class Scanner {
 public:
  Scanner(std::string_view text, std::string file, std::vector<Comment> comments)
      : text_(text), file_(std::move(file)), comments_(std::move(comments)) {}

  bool is_at_end();
  /// Takes `token` if it comes next.
  bool take(std::string_view token);
  /// Throws InputError when `token` does not come next.
  void expect(std::string_view token);
  /// Takes letters, digits and underscores; empty when none come next.
  std::string_view take_word();
  /// Takes the rest of the line.
  void skip_line();

  /// Of what was taken last.
  Location where() const { return {file_, line_}; }
  /// Throws InputError at what comes next.
  [[noreturn]] void fail(const std::string& expected);

 private:
  void skip();
  void drop(std::size_t count);

  std::string_view text_;
  std::string file_;
  std::vector<Comment> comments_;
  int line_ = 1;
};

}  // namespace systole
