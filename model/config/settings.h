// settings.h: a run configuration, validated against a key table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/config/error.h"
#include "model/config/key_table.h"

namespace systole {

class Value;

/// How a command line speaks of a table, for errors.
struct TableWords {
  std::string override_option = "--set";    ///< Gives `overrides`.
  std::string explain = "systole explain";  ///< Prints the keys.
};

/// The resolved values of all keys of a table. Asking for a key that the table does not have, by
/// another type than the table's, or for a number without value and default is a bug (assert).
class Settings {
 public:
  /// Reads the YAML file `path`; nested maps make dotted keys. `overrides` are `key=value` texts
  /// that win over the file, the last one over earlier ones. Throws InputError on unknown keys,
  /// wrong types, numbers out of range and missing required keys; an override's location prints as
  /// `--set key=value`, or as `words` have it.
  static Settings load(const std::string& path, const KeyTable& table,
                       std::span<const std::string> overrides = {}, const TableWords& words = {});

  std::int64_t integer(std::string_view key) const;
  double real(std::string_view key) const;
  bool boolean(std::string_view key) const;
  const std::string& text(std::string_view key) const;
  const std::string& choice(std::string_view key) const;
  /// Index of the chosen name in the table's `choices`.
  std::size_t choice_index(std::string_view key) const;
  /// A relative path of the file counts from the file's directory, one of an override or a default
  /// from the current directory. Empty stays empty.
  std::filesystem::path path(std::string_view key) const;

  /// Where the value was given; for a default, the configuration file as a whole.
  Location location(std::string_view key) const;
  /// Whether the file or an override gives the key.
  bool is_set(std::string_view key) const;
  /// The integers below `prefix` (`dut.parameters`) by their last component, defaults included.
  std::map<std::string, std::int64_t> entries(std::string_view prefix) const;
  /// The error `location: key: got <value>, expected <expected>; <hint>`, for rules between keys.
  InputError error(std::string_view key, const std::string& expected,
                   const std::string& hint = "") const;
  /// Every key that has a value, with the value as text, in table order; an open map's names in
  /// alphabetical order.
  std::vector<std::pair<std::string, std::string>> dump() const;

 private:
  using Scalar = std::variant<std::int64_t, double, bool, std::string>;
  struct Entry {
    KeyType type;
    Scalar value;
    std::size_t choice_index = 0;
    Location where;
    bool is_set = false;
  };

  void read_map(const Value& map, const std::string& prefix);
  void read_value(const std::string& key, const Value& value, const std::string& base_directory);
  void read_override(const std::string& text);
  void add_defaults();
  [[noreturn]] void refuse_unknown(const Location& where, const std::string& key) const;
  std::string explain_hint(const std::string& key) const;
  const Entry& entry(std::string_view key) const;

  KeyTable table_;
  TableWords words_;
  std::string file_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace systole
