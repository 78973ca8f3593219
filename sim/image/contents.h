// contents.h: what goes into each memory of an export, as plain integers in the memory's order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "golden/trace.h"
#include "model/network/network.h"
#include "model/tensor/dtype.h"
#include "sim/image/image_layout.h"
#include "sim/image/tile_order.h"
#include "sim/schedule/job.h"

namespace systole {

/// A tensor of the bundle, or of the golden trace, that a tensor of a memory holds.
struct SourceTensor {
  std::string tensor;  ///< "conv1.weight"; of the trace: "conv1". Empty: none.
  Shape shape;
  Dtype dtype = Dtype::kI32;  ///< As the bundle stores it.
  bool operator==(const SourceTensor&) const = default;
};

/// One tensor of a memory.
struct ImageTensor {
  std::string op;    ///< Whose it is; of activations and expected tensors, who makes it.
  std::string name;  ///< "weight", "bias", "scale", "shift", "codes", "sums", "passes", ...
  Shape shape;       ///< Of the elements as they follow one another in the memory.
  int element_bits = 0;
  bool is_signed = true;
  std::int64_t beat = 0;  ///< Elements after which a new word begins; 0: nowhere.
  std::int64_t address = 0;
  std::int64_t words = 0;
  SourceTensor source;
  std::optional<TileOrder> order;        ///< Of weights and parameters.
  std::vector<std::string> fields = {};  ///< Of descriptors: the columns' names.

  std::int64_t count() const { return element_count(shape); }
};

/// A tensor with its elements; it has no address yet.
struct Content {
  ImageTensor tensor;
  std::vector<std::int64_t> elements;
};

/// What contents are made of; all of it outlives them.
struct ContentSources {
  const IntNetwork& network;
  const Plan& plan;  ///< Every job of a product says its `pack_groups`.
  const Trace& golden;
  const Geometry& geometry;
};

/// Lets the schedule choose each product's pack width once, for all that is made of `plan`.
void fix_pack_groups(Plan& plan, const Trace& golden, const Geometry& geometry);

/// The narrowest of 2, 4, 8 bits and the array's own width that holds every weight of the jobs.
int narrowest_weight_bits(const Plan& plan, const Geometry& geometry);

/// The tensors of one memory, op after op.
std::vector<Content> make_contents(MemoryKind kind, const ContentSources& sources,
                                   const MemoryLayout& memory);

}  // namespace systole
