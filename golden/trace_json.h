// trace_json.h: the text form of a trace's entries; private to golden/.
#pragma once

#include <string>
#include <vector>

#include "golden/trace.h"

namespace systole {

/// `trace.json` of a trace; its tensors are not looked at.
std::string trace_to_json(const Trace& trace);

/// The reverse, without tensors. Throws InputError naming `path` and the entry.
Trace trace_from_json(const std::string& text, const std::string& path);

}  // namespace systole
