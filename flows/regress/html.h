// html.h: HTML as a type of its own, so that text gets into it by escaping only.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace systole::regress {

/// Well-formed HTML or SVG.
struct Html {
  std::string source;

  Html& operator+=(const Html& more) {
    source += more.source;
    return *this;
  }
};

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

/// `text` with all that HTML gives a meaning escaped, for elements and quoted attributes.
Html text(std::string_view text);

/// <tag attributes>children</tag>, or <tag attributes> of an element that has no content.
Html element(std::string_view tag, const Attributes& attributes,
             std::initializer_list<Html> children = {});

/// The same with escaped text inside.
Html element(std::string_view tag, const Attributes& attributes, std::string_view content);

/// A link to a file below the page's folder; each part of its path is percent-encoded.
Html link(const std::string& path, std::string_view label);

}  // namespace systole::regress
