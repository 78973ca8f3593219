// value.h: a YAML value that knows where it stands, so that every complaint can say so.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/config/error.h"

namespace systole {

/// An immutable node of a YAML document; cheap to copy. Every accessor throws InputError
/// `file:line: key: got X, expected Y` when the value is not what is asked for.
class Value {
 public:
  struct Node;  ///< Private to model/config/.

  /// A plain scalar that comes from elsewhere than a file, such as a command line.
  static Value scalar(std::string text, Location where, std::string key);

  explicit Value(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  const Location& location() const;
  /// The path from the document's root: "ops[3].stride"; empty for the root.
  const std::string& key() const;

  bool is_map() const;
  bool is_sequence() const;
  bool is_scalar() const;
  /// `key:` with nothing behind it, `~` or `null`; also an empty document.
  bool is_null() const;

  /// An unquoted integer of YAML 1.2 in [lo, hi].
  std::int64_t as_int(std::int64_t lo = std::numeric_limits<std::int64_t>::min(),
                      std::int64_t hi = std::numeric_limits<std::int64_t>::max()) const;
  /// An unquoted, finite number in [lo, hi].
  double as_real(double lo = -std::numeric_limits<double>::infinity(),
                 double hi = std::numeric_limits<double>::infinity()) const;
  /// An unquoted true or false.
  bool as_bool() const;
  /// Any scalar's text.
  const std::string& as_string() const;
  /// The index in `names` of a scalar's text.
  std::size_t as_choice(std::span<const std::string> names) const;
  std::size_t as_choice(std::span<const std::string_view> names) const;

  /// The elements of a sequence.
  std::vector<Value> items() const;
  /// The keys of a map, in the order of the file.
  std::vector<std::string> keys() const;
  /// The value behind a key of a map that must be there.
  Value get(std::string_view key) const;
  /// The same, or nothing when the key is absent.
  std::optional<Value> find(std::string_view key) const;
  /// Checks that a map has no other keys than these.
  void expect_keys(std::initializer_list<std::string_view> known) const;
  void expect_keys(std::span<const std::string> known) const;

  /// The error `file:line: key: got <this value>, expected <expected>; <hint>`, for callers' own
  /// rules.
  InputError error(const std::string& expected, const std::string& hint = "") const;

 private:
  std::shared_ptr<const Node> node_;
};

/// Reads the one document of a YAML file. Throws InputError on a missing file, a syntax error, a
/// duplicate key, an alias, an explicit tag, and on absurd sizes (16 MiB, 64 levels, 10^6 values).
Value load_yaml(const std::string& path);

/// The same for text in memory; errors name `file`.
Value parse_yaml(const std::string& text, const std::string& file);

}  // namespace systole
