// json_field.h: a JSON value that knows its file and key, for complaints; private to model/quant.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

/// Every accessor throws InputError `file: key: got X, expected Y` on another kind of value.
struct JsonField {
  const nlohmann::json& json;
  std::string file;
  std::string key;  ///< "param_encodings[3].scale"; empty for the whole file.

  bool has(const std::string& name) const;
  JsonField get(const std::string& name) const;
  std::vector<JsonField> items() const;
  double number() const;                                         ///< Finite.
  std::int64_t integer(std::int64_t lo, std::int64_t hi) const;  ///< 8, also written 8.0.
  const std::string& text() const;
  bool flag() const;
  void expect_keys(std::initializer_list<std::string_view> known) const;

  [[noreturn]] void fail(const std::string& expected, const std::string& hint = "") const;
};

/// The one object of a JSON text; InputError on a syntax error, a key twice, or more than 16
/// levels.
nlohmann::json parse_json_object(std::string_view text, const std::string& file);

}  // namespace systole
