// key_table.h: the one table of a run configuration's keys, which validates and explains it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

enum class KeyType : std::uint8_t { kInteger, kReal, kBoolean, kString, kPath, kChoice };

/// One key. A last component `*` (`dut.parameters.*`) stands for any name: an open map whose values
/// have this type; an exact entry of the table wins over it.
struct KeySpec {
  std::string key = {};  ///< Dotted path: `dut.parameters.Rows`.
  KeyType type = KeyType::kString;
  /// As YAML text; empty: none (text and paths are then empty, numbers unset).
  std::string default_value = {};
  bool required = false;  ///< Must be given; has no default.
  /// Closed range of integers and reals; beyond 64 bits means unbounded.
  double lo = -std::numeric_limits<double>::infinity();
  double hi = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices = {};
  std::string help = {};  ///< One sentence or two.

  bool is_wildcard() const { return key.ends_with(".*"); }
};

/// Keys in the order in which they are printed. Tables of several modules are concatenated.
using KeyTable = std::vector<KeySpec>;

/// The entry that governs `key`: the exact one, else a wildcard; null when the key is unknown.
const KeySpec* find_key(const KeyTable& table, std::string_view key);

/// Whether `key` is a group, such as `dut` of `dut.dir`.
bool is_key_group(const KeyTable& table, std::string_view key);

/// All keys and groups, for hints.
std::vector<std::string> key_names(const KeyTable& table);

/// Key, type, range or choices, default and help of `key`, of its whole group when it is one, or
/// of the whole table when it is empty. Throws InputError on an unknown key.
std::string explain(const KeyTable& table, std::string_view key = "");

}  // namespace systole
