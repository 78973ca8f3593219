// contents.cpp: gathers weights and constants in the order of the beats, tensors as they are.
#include "sim/image/contents.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "model/tensor/safetensors.h"
#include "sim/image/descriptors.h"
#include "sim/schedule/layout.h"

namespace systole {
namespace {

const Shape& shape_in(const Trace& golden, const std::string& name) {
  return shape_of(golden.tensors.at(name));
}

const IntTensor* weight_of(const Job& job) {
  if (const auto* conv = std::get_if<IntConv2d>(&job.product->op)) return &conv->weight;
  if (const auto* matmul = std::get_if<IntMatmul>(&job.product->op)) return &matmul->weight;
  return nullptr;
}

Layout whole_layout(const Job& job, const ContentSources& sources) {
  const Shape& x = shape_in(sources.golden, input_of(job));
  return make_layout(job, x, sources.geometry, whole(job, x));
}

/// The constant weights of a product; sum pools on a design without lanes are products with ones.
Content weights(const Job& job, const Layout& layout, const MemoryLayout& memory) {
  Content content;
  content.tensor = {.op = job.product->name,
                    .name = "weight",
                    .element_bits = memory.element_bits,
                    .beat = memory.aligned_beats ? std::int64_t{layout.geometry.cols} : 0,
                    .order = tile_order(layout)};
  const IntTensor* weight = weight_of(job);
  if (weight)
    content.tensor.source = {job.product->name + ".weight", weight->shape,
                             narrowest_dtype(storage_type(*weight))};
  const std::vector<std::int64_t> positions = weight_positions(*content.tensor.order);
  content.tensor.shape = {std::ssize(positions) / layout.geometry.cols, layout.geometry.cols};
  for (const std::int64_t position : positions)
    content.elements.push_back(position < 0 ? 0 : weight ? (*weight)[position] : 1);
  return content;
}

std::vector<Content> all_weights(const ContentSources& sources, const MemoryLayout& memory) {
  std::vector<Content> contents;
  std::set<const IntNode*> seen;
  for (const Job& job : sources.plan.jobs) {
    if (!job.product || !seen.insert(job.product).second) continue;
    const Layout layout = whole_layout(job, sources);
    if (!layout.stream && !layout.activations) contents.push_back(weights(job, layout, memory));
  }
  return contents;
}

/// One constant of every lane.
struct Constant {
  const char* name;
  int bits;
  bool is_signed;
  Dtype dtype;  ///< In a bundle.
  std::int64_t (*of)(const ParameterBeat& beat);
};

std::vector<Constant> constants_of(const Geometry& geometry) {
  const int scale_bits = static_cast<int>(geometry.scale_bits);
  return {{"bias", 64, true, Dtype::kI64, [](const ParameterBeat& beat) { return beat.bias; }},
          {"scale", scale_bits, true, Dtype::kI32,
           [](const ParameterBeat& beat) { return std::int64_t{beat.scale}; }},
          {"shift", 8, false, Dtype::kU8,
           [](const ParameterBeat& beat) { return std::int64_t{beat.shift}; }},
          {"residual_scale", scale_bits, true, Dtype::kI32,
           [](const ParameterBeat& beat) { return std::int64_t{beat.residual_scale}; }},
          {"residual_shift", 8, false, Dtype::kU8,
           [](const ParameterBeat& beat) { return std::int64_t{beat.residual_shift}; }}};
}

/// Whether bundles store an op's constants as its lanes have them.
bool stores_lanes(const IntOp& op) {
  return std::holds_alternative<MulQuant>(op) || std::holds_alternative<IntAdd>(op);
}

void add_parameters(const Job& job, const ContentSources& sources, std::vector<Content>& contents) {
  const Layout layout = whole_layout(job, sources);
  const Lanes& lanes = *layout.lanes;
  const TileOrder order = parameter_order(layout);
  const std::vector<std::int64_t> positions = parameter_positions(order);
  for (const Constant& constant : constants_of(sources.geometry)) {
    const bool is_residual = std::string_view(constant.name).starts_with("residual");
    if (is_residual && !layout.has_residual() &&
        std::ranges::all_of(lanes.channels, [&](const auto& c) { return constant.of(c) == 0; }))
      continue;
    Content content;
    content.tensor = {.op = job.quant->name,
                      .name = constant.name,
                      .shape = {order.tokens * order.tiles(), order.cols},
                      .element_bits = constant.bits,
                      .is_signed = constant.is_signed,
                      .order = order};
    if (stores_lanes(job.quant->op) && (!is_residual || layout.has_residual()))
      content.tensor.source = {
          job.quant->name + "." + constant.name, {std::ssize(lanes.channels)}, constant.dtype};
    for (const std::int64_t at : positions)
      content.elements.push_back(
          at < 0 ? 0 : constant.of(layout.lane(at / order.channels, at % order.channels)));
    contents.push_back(std::move(content));
  }
}

std::vector<Content> all_parameters(const ContentSources& sources) {
  std::vector<Content> contents;
  for (const Job& job : sources.plan.jobs)
    if (job.quant) add_parameters(job, sources, contents);
  return contents;
}

/// Codes as wide as their type, sums 32 bits.
Content golden_tensor(const TraceEntry& entry, const Trace& golden, bool is_sum) {
  const IntTensor& tensor = integers(golden.tensors.at(entry.name));
  const IntType type = is_sum ? IntType{32, true} : entry.quantization.type;
  Content content;
  content.tensor = {.op = entry.name,
                    .name = is_sum ? "sums" : "codes",
                    .shape = tensor.shape,
                    .element_bits = type.bits,
                    .is_signed = type.is_signed,
                    .source = {entry.name, tensor.shape, narrowest_dtype(type)}};
  content.elements.assign(tensor.data.begin(), tensor.data.end());
  return content;
}

/// Names of the tensors that jobs make and that they read.
struct Ends {
  std::set<std::string> made, sums, read, left;
};

Ends ends_of(const ContentSources& sources) {
  Ends ends;
  for (const Job& job : sources.plan.jobs) {
    if (job.product) {
      ends.made.insert(job.product->name);
      ends.sums.insert(job.product->name);
      ends.read.insert(job.product->inputs.begin(), job.product->inputs.end());
    }
    if (!job.quant) continue;
    ends.made.insert(job.quant->name);
    for (const std::string& input : job.quant->inputs)
      if (!job.product || input != job.product->name) ends.read.insert(input);
  }
  ends.left.insert(sources.network.outputs.begin(), sources.network.outputs.end());
  for (const HostOp& host : sources.plan.host)
    ends.left.insert(host.node->inputs.begin(), host.node->inputs.end());
  return ends;
}

std::vector<Content> golden_tensors(MemoryKind kind, const ContentSources& sources, bool all) {
  const Ends ends = ends_of(sources);
  std::vector<Content> contents;
  for (const TraceEntry& entry : sources.golden.entries) {
    const bool is_made = ends.made.contains(entry.name);
    const bool is_wanted = kind == MemoryKind::kActivations
                               ? ends.read.contains(entry.name) && (all || !is_made)
                               : is_made && (all || ends.left.contains(entry.name));
    if (is_wanted)
      contents.push_back(golden_tensor(entry, sources.golden, ends.sums.contains(entry.name)));
  }
  return contents;
}

std::vector<Content> all_descriptors(const ContentSources& sources) {
  std::vector<Content> contents;
  if (sources.geometry.dataflow == Dataflow::kOutputStationary) return contents;  // No commands.
  for (const Job& job : sources.plan.jobs) {
    Shape x = shape_in(sources.golden, input_of(job));
    if (!x.empty()) x[0] = 1;
    contents.push_back(describe_passes(job, make_layout(job, x, sources.geometry, whole(job, x))));
  }
  return contents;
}

}  // namespace

void fix_pack_groups(Plan& plan, const Trace& golden, const Geometry& geometry) {
  std::map<const IntNode*, std::int64_t> groups;
  for (Job& job : plan.jobs) {
    if (!job.product) continue;
    const auto [found, is_new] = groups.try_emplace(job.product, 0);
    if (is_new) {
      const Shape& x = shape_in(golden, input_of(job));
      found->second = tile_order(make_layout(job, x, geometry, whole(job, x))).pack_groups;
    }
    job.pack_groups = found->second;
  }
}

int narrowest_weight_bits(const Plan& plan, const Geometry& geometry) {
  IntRange range;
  for (const Job& job : plan.jobs)
    if (const IntTensor* weight = job.product ? weight_of(job) : nullptr)
      for (const std::int32_t w : weight->data) {
        range.lo = std::min<std::int64_t>(range.lo, w);
        range.hi = std::max<std::int64_t>(range.hi, w);
      }
  for (const int bits : {2, 4, 8})
    if (const IntRange all = IntType{bits, true}.range();
        all.contains(range.lo) && all.contains(range.hi))
      return bits;
  return static_cast<int>(geometry.weight_bits);
}

std::vector<Content> make_contents(MemoryKind kind, const ContentSources& sources,
                                   const MemoryLayout& memory) {
  switch (kind) {
    case MemoryKind::kWeights:
      return all_weights(sources, memory);
    case MemoryKind::kParameters:
      return all_parameters(sources);
    case MemoryKind::kActivations:
    case MemoryKind::kExpected:
      return golden_tensors(kind, sources, memory.all_ops);
    case MemoryKind::kDescriptors:
      return all_descriptors(sources);
  }
  return {};
}

}  // namespace systole
