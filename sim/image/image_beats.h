// image_beats.h: the weight and parameter beats of jobs, read word by word from memories.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/image/load_images.h"
#include "sim/schedule/operands.h"

namespace systole {

/// A memory with what the manifest says of it.
struct LoadedMemory {
  const StoredMemory* memory = nullptr;
  RegionWords words;
};

/// The beats of one job. Addresses are the manifest's; each beat is taken from the words anew.
class ImageBeats : public StoredBeats {
 public:
  /// Of the job of `layout`, that of its whole output; of a product of two activations parameters
  /// only. The memories outlive it; null where there is
  /// none. Throws InputError when a tensor of the job is missing, or is cut into other tiles.
  ImageBeats(const Layout& layout, const LoadedMemory* weights, const LoadedMemory* parameters);

  void write_weights(std::int64_t channel, std::int64_t k, std::uint8_t* beat) const override;
  ParameterBeat parameters(std::int64_t row, std::int64_t channel,
                           std::int64_t column) const override;

 private:
  /// A tensor's words and how its elements lie in them.
  struct Stored {
    std::span<const std::uint8_t> bytes;
    TensorPacking packing;

    std::int64_t element(std::int64_t index) const {
      return element_at(bytes, static_cast<std::size_t>(index), packing);
    }
  };
  using Tiles = std::map<std::int64_t, TileStart>;  ///< By first channel.

  std::optional<Stored> find(const LoadedMemory* memory, const std::string& op,
                             const std::string& name) const;

  TileOrder order_;
  Tiles tiles_;
  std::optional<Stored> weight_, bias_, scale_, shift_, residual_scale_, residual_shift_;
};

}  // namespace systole
