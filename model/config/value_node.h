// value_node.h: what a Value points to; private to model/config/.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/config/value.h"

namespace systole {

struct Value::Node {
  enum class Kind { kNull, kScalar, kSequence, kMap };

  Kind kind = Kind::kNull;
  Location where;  ///< Of a map's value: the line of its key.
  std::string key;
  std::string text;        ///< Scalars.
  bool is_quoted = false;  ///< Scalars: a quoted number is text.
  /// Elements in order; names are empty in a sequence.
  std::vector<std::pair<std::string, std::shared_ptr<const Node>>> children;
};

}  // namespace systole
