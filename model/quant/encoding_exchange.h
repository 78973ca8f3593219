// encoding_exchange.h: a network's quantizers as a file of encodings, and numbers from such a file.
#pragma once

#include <string>
#include <vector>

#include "model/quant/encoded_network.h"
#include "model/quant/encodings_json.h"
#include "model/quant/recipe.h"

namespace systole {

/// Activations by the names of inputs and ops, weights as "OP.weight", channels as axis 0, AIMET's.
/// Quantizers of single operands, and masks, have no place in such files and are left out.
EncodingsFile to_encodings_file(const EncodedNetwork& encoded, AimetVersion version);

/// The numbers of every entry for the slot of its name. Throws InputError as `load_encodings`.
std::vector<NamedLiteral> literals_of(const std::string& path);

}  // namespace systole
