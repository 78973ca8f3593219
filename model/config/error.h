// error.h: the one exception for bad input: where, what was found, what was expected, what to do.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace systole {

/// A place in a user's file; `line` is 1-based, 0 when the whole file (or no file) is meant.
struct Location {
  // A constructor, because g++ 12 warns falsely about nested aggregates in throw expressions.
  Location(std::string f = "", int l = 0) : file(std::move(f)), line(l) {}

  std::string file;
  int line;

  bool operator==(const Location&) const = default;
};

/// Bad input. `what()` is `file:line: key: got X, expected Y; hint`, with absent parts left out.
/// Thrown anywhere, caught once in main, which prints it and exits with 2.
class InputError : public std::runtime_error {
 public:
  struct Parts {
    Location where = {};
    std::string key = {};       ///< YAML key path, tensor or op name.
    std::string got = {};       ///< What was found.
    std::string expected = {};  ///< What would have been right, with its range.
    std::string hint = {};      ///< The next step, when it is not obvious.
  };

  explicit InputError(const Parts& parts);

  /// A one-sentence error without the got/expected structure.
  InputError(const Location& where, const std::string& message);
};

}  // namespace systole
