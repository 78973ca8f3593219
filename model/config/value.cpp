// value.cpp: typed access to located YAML values.
#include "model/config/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/config/nearest.h"
#include "model/config/scalar.h"
#include "model/config/value_node.h"

namespace systole {
namespace {

using Kind = Value::Node::Kind;

/// A scalar as it is echoed in a message: short, and without bytes that a terminal would obey.
std::string printable(const std::string& text) {
  constexpr std::size_t kLongest = 60;
  std::string shown = text.substr(0, kLongest);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text.size() > kLongest ? shown + "..." : shown;
}

std::string describe(const Value::Node& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return node.is_quoted || node.text.empty() ? '"' + printable(node.text) + '"'
                                                 : printable(node.text);
    case Kind::kSequence:
      return fmt::format("a sequence of {}", node.children.size());
    case Kind::kMap:
      return "a map";
  }
  return "";
}

template <class T>
std::string expected_number(const char* noun, T lo, T hi, T lowest, T highest) {
  if (lo == lowest && hi == highest) return noun;
  if (hi == highest) return fmt::format("{} of at least {}", noun, lo);
  if (lo == lowest) return fmt::format("{} of at most {}", noun, hi);
  return fmt::format("{} in [{}, {}]", noun, lo, hi);
}

}  // namespace

Value Value::scalar(std::string text, Location where, std::string key) {
  auto node = std::make_shared<Node>();
  node->kind = Kind::kScalar;
  node->where = std::move(where);
  node->key = std::move(key);
  node->text = std::move(text);
  return Value(std::move(node));
}

const Location& Value::location() const { return node_->where; }
const std::string& Value::key() const { return node_->key; }
bool Value::is_map() const { return node_->kind == Kind::kMap; }
bool Value::is_sequence() const { return node_->kind == Kind::kSequence; }
bool Value::is_scalar() const { return node_->kind == Kind::kScalar; }
bool Value::is_null() const { return node_->kind == Kind::kNull; }

std::int64_t Value::as_int(std::int64_t lo, std::int64_t hi) const {
  if (is_scalar() && !node_->is_quoted) {
    const auto value = parse_integer(node_->text);
    if (value && lo <= *value && *value <= hi) return *value;
  }
  using Limits = std::numeric_limits<std::int64_t>;
  throw error(expected_number("an integer", lo, hi, Limits::min(), Limits::max()));
}

double Value::as_real(double lo, double hi) const {
  if (is_scalar() && !node_->is_quoted) {
    const auto value = parse_real(node_->text);
    if (value && lo <= *value && *value <= hi) return *value;
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  throw error(expected_number("a number", lo, hi, -kInfinity, kInfinity));
}

bool Value::as_bool() const {
  if (is_scalar() && !node_->is_quoted) {
    if (const auto value = parse_boolean(node_->text)) return *value;
  }
  throw error("true or false");
}

const std::string& Value::as_string() const {
  if (!is_scalar()) throw error("text");
  return node_->text;
}

std::size_t Value::as_choice(std::span<const std::string> names) const {
  if (!is_scalar()) throw error("one of " + fmt::format("{}", fmt::join(names, ", ")));
  const auto found = std::find(names.begin(), names.end(), node_->text);
  if (found == names.end()) {
    throw error("one of " + fmt::format("{}", fmt::join(names, ", ")),
                did_you_mean(node_->text, names));
  }
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t Value::as_choice(std::span<const std::string_view> names) const {
  const std::vector<std::string> copies(names.begin(), names.end());
  return as_choice(std::span<const std::string>(copies));
}

std::vector<Value> Value::items() const {
  if (!is_sequence()) throw error("a sequence");
  std::vector<Value> values;
  for (const auto& child : node_->children) values.emplace_back(child.second);
  return values;
}

std::vector<std::string> Value::keys() const {
  if (!is_map()) throw error("a map");
  std::vector<std::string> names;
  for (const auto& child : node_->children) names.push_back(child.first);
  return names;
}

Value Value::get(std::string_view key) const {
  if (auto value = find(key)) return *value;
  const std::string path =
      node_->key.empty() ? std::string(key) : fmt::format("{}.{}", node_->key, key);
  throw InputError({.where = node_->where,
                    .key = path,
                    .got = "nothing",
                    .expected = "this key",
                    .hint = did_you_mean(key, keys())});
}

std::optional<Value> Value::find(std::string_view key) const {
  if (!is_map()) throw error("a map");
  for (const auto& [name, child] : node_->children) {
    if (name == key) return Value(child);
  }
  return std::nullopt;
}

void Value::expect_keys(std::initializer_list<std::string_view> known) const {
  const std::vector<std::string> copies(known.begin(), known.end());
  expect_keys(std::span<const std::string>(copies));
}

void Value::expect_keys(std::span<const std::string> known) const {
  if (!is_map()) throw error("a map");
  for (const auto& [name, child] : node_->children) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw InputError({.where = child->where,
                      .key = child->key,
                      .got = "an unknown key",
                      .expected = fmt::format("one of {}", fmt::join(known, ", ")),
                      .hint = did_you_mean(name, known)});
  }
}

InputError Value::error(const std::string& expected, const std::string& hint) const {
  return InputError({.where = node_->where,
                     .key = node_->key,
                     .got = describe(*node_),
                     .expected = expected,
                     .hint = hint});
}

}  // namespace systole
