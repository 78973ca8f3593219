// placement.h: which tensors of a float network carry quantizers; private to model/fuse/.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/fuse/groups.h"
#include "model/quant/encoded_network.h"
#include "model/quant/slots.h"

namespace systole {

/// Residual branches and network outputs, from the network's structure alone.
TensorRoles tensor_roles(const FloatNetwork& network);

/// Whether `name` ends in a network output, through ops that pass codes through at most.
bool is_final(const FloatNetwork& network, const std::string& name);

/// What fusion must not hide: what skipped ops read and give, and tensors with a quantizer.
std::set<std::string> kept_tensors(const FloatNetwork& network,
                                   const std::set<std::string>& quantised,
                                   const std::set<std::string>& skipped);

/// The groups that become one integer op each; their nodes are those of `encoded.network`.
std::vector<Group> fused_groups(const EncodedNetwork& encoded);

}  // namespace systole
