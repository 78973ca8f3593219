// image_run.h: an export's folder as the source of a run: network, golden trace, weights.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "flows/cli/prepare.h"
#include "golden/trace.h"
#include "sim/image/image_beats.h"
#include "sim/run/unit_runner.h"

namespace systole {

/// The beats of each job, by its product and its quant.
using ImageBeatsOf =
    std::map<std::pair<const IntNode*, const IntNode*>, std::shared_ptr<ImageBeats>>;

/// Finds a job's beats in `beats`, which outlives it; empty where that is empty.
StoredOf stored_of(const ImageBeatsOf& beats);

/// Nothing of the bundle's tensors is read: what the array needs comes from the memories' words,
/// what only the host needs from the export's own file.
class ImageRun {
 public:
  /// Reads manifest, memories and network. Throws InputError on anything missing, damaged, or of
  /// another network.
  explicit ImageRun(const std::string& directory);

  const Prepared& prepared() const { return prepared_; }
  /// All of the stored trace, hashes checked.
  Trace golden() const;
  /// "4 inputs of the images in DIR".
  std::string description() const;

  /// Gives each product of `plan` the pack width that its weights were stored with, and says where
  /// each job's weights and parameters lie. Throws InputError where `geometry` is not the array's
  /// that the images were made for, or a tensor is missing.
  ImageBeatsOf beats_of(Plan& plan, const Trace& golden, const Geometry& geometry) const;

 private:
  void load_network();
  const LoadedMemory* memory(MemoryKind kind) const;

  std::string directory_;
  Manifest manifest_;
  std::vector<LoadedMemory> memories_;  ///< Weights and parameters.
  Prepared prepared_;
};

}  // namespace systole
