// verdict_entry.h: the bytes of a cached verdict, and whether they can be trusted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "golden/trace.h"
#include "sim/run/select.h"
#include "sim/run/verdict_key.h"

namespace systole {

/// The file that keeps what was found of the ops of a group, in their order: a checksum and CBOR.
/// Every op matches or mismatches; of one that does not match, the tensor is kept.
std::string encode_verdict_entry(const VerdictGroup& group, const std::vector<EarlierOp>& ops);

/// The inverse. Throws std::runtime_error, which says what is wrong, when `bytes` are cut, changed
/// or another group's, or contradict the golden tensors.
std::vector<EarlierOp> decode_verdict_entry(std::string_view bytes, const VerdictGroup& group,
                                            const Trace& golden);

}  // namespace systole
