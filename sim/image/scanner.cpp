// scanner.cpp: skips, counts lines, and compares.
#include "sim/image/scanner.h"

#include <algorithm>

#include "sim/image/digits.h"

namespace systole {
namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

void Scanner::drop(std::size_t count) {
  const std::string_view dropped = text_.substr(0, count);
  line_ += static_cast<int>(std::count(dropped.begin(), dropped.end(), '\n'));
  text_.remove_prefix(dropped.size());
}

void Scanner::skip() {
  while (!text_.empty()) {
    const std::size_t blank = std::min(text_.find_first_not_of(" \t\r\n\f\v"), text_.size());
    drop(blank);
    const auto comment = std::find_if(comments_.begin(), comments_.end(), [&](const Comment& each) {
      return text_.starts_with(each.open);
    });
    if (comment == comments_.end()) return;
    const std::size_t end = text_.find(comment->close, comment->open.size());
    if (end == std::string_view::npos && comment->close != "\n") {
      throw InputError({.where = where(),
                        .got = "a comment without end",
                        .expected = "'" + std::string(comment->close) + "'"});
    }
    drop(end == std::string_view::npos ? text_.size() : end + comment->close.size());
  }
}

bool Scanner::is_at_end() {
  skip();
  return text_.empty();
}

bool Scanner::take(std::string_view token) {
  skip();
  if (!text_.starts_with(token)) return false;
  drop(token.size());
  return true;
}

void Scanner::expect(std::string_view token) {
  if (!take(token)) fail("'" + std::string(token) + "'");
}

std::string_view Scanner::take_word() {
  skip();
  const auto end = std::find_if_not(text_.begin(), text_.end(), is_word);
  const std::string_view word = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
  drop(word.size());
  return word;
}

void Scanner::skip_line() {
  const std::size_t end = text_.find('\n');
  drop(end == std::string_view::npos ? text_.size() : end + 1);
}

void Scanner::fail(const std::string& expected) {
  const bool is_end = is_at_end();
  throw InputError({.where = where(),
                    .got = is_end ? "the end of the file" : excerpt(text_.substr(0, 12)),
                    .expected = expected});
}

}  // namespace systole
