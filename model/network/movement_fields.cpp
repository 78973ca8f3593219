// movement_fields.cpp: reads and writes the keys of ops that move elements.
#include "model/network/movement_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace systole {
namespace {

constexpr std::int64_t kMostExtent = 1 << 20;

std::vector<std::int64_t> integers(const OpFields& fields, std::string_view key, std::int64_t lo) {
  std::vector<std::int64_t> values;
  const Value value = fields.yaml().get(key);
  for (const Value& item : value.items()) values.push_back(item.as_int(lo, kMostExtent));
  return values;
}

}  // namespace

Reshape read_reshape(const OpFields& fields) {
  fields.expect_keys({"shape"});
  const Reshape op{.shape = integers(fields, "shape", 1)};
  if (op.shape.empty() || op.shape.size() > 5)
    throw fields.yaml().get("shape").error("1 to 5 extents without the batch");
  return op;
}

Transpose read_transpose(const OpFields& fields) {
  fields.expect_keys({"order"});
  return {.order = integers(fields, "order", 0)};
}

Slice read_slice(const OpFields& fields) {
  fields.expect_keys({"start", "count", "step"});
  const std::vector<std::int64_t> start = integers(fields, "start", 0);
  const std::vector<std::int64_t> count = integers(fields, "count", 1);
  const std::vector<std::int64_t> step =
      fields.has("step") ? integers(fields, "step", 1) : std::vector<std::int64_t>(start.size(), 1);
  if (count.size() != start.size() || step.size() != start.size())
    throw fields.error(count.size() != start.size() ? "count" : "step",
                       fmt::format("{} and {} values", count.size(), step.size()),
                       fmt::format("{}, as start has", start.size()));
  Slice op;
  for (std::size_t i = 0; i < start.size(); ++i)
    op.axes.push_back({.start = start[i], .count = count[i], .step = step[i]});
  return op;
}

Roll read_roll(const OpFields& fields) {
  fields.expect_keys({"shift"});
  return {.shift = integers(fields, "shift", -kMostExtent)};
}

std::string movement_text(const Reshape& op) {
  return fmt::format(", shape: [{}]", fmt::join(op.shape, ", "));
}

std::string movement_text(const Transpose& op) {
  return fmt::format(", order: [{}]", fmt::join(op.order, ", "));
}

std::string movement_text(const Slice& op) {
  std::vector<std::int64_t> start, count, step;
  for (const AxisSlice& axis : op.axes) {
    start.push_back(axis.start);
    count.push_back(axis.count);
    step.push_back(axis.step);
  }
  return fmt::format(", start: [{}], count: [{}], step: [{}]", fmt::join(start, ", "),
                     fmt::join(count, ", "), fmt::join(step, ", "));
}

std::string movement_text(const Roll& op) {
  return fmt::format(", shift: [{}]", fmt::join(op.shift, ", "));
}

}  // namespace systole
