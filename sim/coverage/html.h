// html.h: coverage as one self-contained page: a table of modules, and their annotated sources.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/coverage/coverage.h"

namespace systole {

/// The text of a module's file; nothing where it cannot be read.
using SourceText = std::function<std::optional<std::string>(const std::string& file)>;

/// `title` says what was run. Needs no network and no script; follows the reader's choice of light
/// or dark.
std::string to_html(const Coverage& coverage, const std::string& title,
                    const SourceText& source_text);

/// & < > " as entities.
std::string html_escaped(std::string_view text);

}  // namespace systole
