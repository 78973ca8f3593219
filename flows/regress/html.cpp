// html.cpp: escaping, and the one place that writes tags.
#include "flows/regress/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "flows/regress/junit.h"

namespace systole::regress {
namespace {

constexpr std::string_view kVoidElements[] = {"meta", "wbr"};

std::string start_tag(std::string_view tag, const Attributes& attributes) {
  std::string source = fmt::format("<{}", tag);
  for (const auto& [name, value] : attributes)
    source += fmt::format(" {}=\"{}\"", name, text(value).source);
  return source + ">";
}

Html wrap(std::string_view tag, const Attributes& attributes, const std::string& content) {
  std::string source = start_tag(tag, attributes) + content;
  const auto* end = std::end(kVoidElements);
  if (std::find(std::begin(kVoidElements), end, tag) == end) source += fmt::format("</{}>", tag);
  return {source};
}

}  // namespace

Html text(std::string_view raw) {
  std::string source;
  for (const char c : xml_text(std::string(raw))) {
    switch (c) {
      case '&':
        source += "&amp;";
        break;
      case '<':
        source += "&lt;";
        break;
      case '>':
        source += "&gt;";
        break;
      case '"':
        source += "&quot;";
        break;
      case '\'':
        source += "&#39;";
        break;
      default:
        source += c;
    }
  }
  return {source};
}

Html element(std::string_view tag, const Attributes& attributes,
             std::initializer_list<Html> children) {
  std::string content;
  for (const Html& child : children) content += child.source;
  return wrap(tag, attributes, content);
}

Html element(std::string_view tag, const Attributes& attributes, std::string_view content) {
  return wrap(tag, attributes, text(content).source);
}

Html link(const std::string& path, std::string_view label) {
  std::string encoded;
  for (const char c : path) {
    const bool is_plain = ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') ||
                          ('0' <= c && c <= '9') ||
                          std::string_view("-_.~/").find(c) != std::string_view::npos;
    encoded += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return element("a", {{"href", encoded}}, label);
}

}  // namespace systole::regress
