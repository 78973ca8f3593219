// error.cpp: composes the one-line message of an InputError.
#include "model/config/error.h"

#include <fmt/format.h>

namespace systole {
namespace {

std::string prefix(const Location& where) {
  if (where.file.empty()) return "";
  if (where.line == 0) return where.file + ": ";
  return fmt::format("{}:{}: ", where.file, where.line);
}

std::string compose(const InputError::Parts& parts) {
  std::string text = prefix(parts.where);
  if (!parts.key.empty()) text += parts.key + ": ";
  if (!parts.got.empty()) text += "got " + parts.got;
  if (!parts.expected.empty()) {
    text += (parts.got.empty() ? "expected " : ", expected ") + parts.expected;
  }
  if (!parts.hint.empty()) {
    const bool is_first = parts.got.empty() && parts.expected.empty();
    text += (is_first ? "" : "; ") + parts.hint;
  }
  return text;
}

}  // namespace

InputError::InputError(const Parts& parts) : std::runtime_error(compose(parts)) {}

InputError::InputError(const Location& where, const std::string& message)
    : std::runtime_error(prefix(where) + message) {}

}  // namespace systole
