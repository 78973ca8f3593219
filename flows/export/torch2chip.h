// torch2chip.h: the products of a run as files that Torch2Chip's users know.
#pragma once

#include <string>

#include "golden/trace.h"
#include "model/network/network.h"

namespace systole {

/// Writes `directory`/tensors, atomically; equal arguments give equal bytes. For every product
/// (products.h) NAME_x1.npy, NAME_x2.npy and NAME_y.npy (int32); the same as NAME_x1, ... in
/// tensors.safetensors; matmul.json, {NAME: {x_shape, y_shape, z_shape}} of x1, x2 and y in
/// execution order. Throws InputError when the network has no product, or the place cannot be
/// written or holds anything else than such files and the .pt that to_pt.py makes of them.
void write_torch2chip(const std::string& directory, const IntNetwork& network, const Trace& trace);

}  // namespace systole
