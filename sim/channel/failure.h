// failure.h: how a simulation ended when it did not end as it should, as plain values.
#pragma once

#include <cstdint>
#include <string>

namespace systole {

enum class FailureKind {
  kNone,
  kHang,       ///< Nothing moves any more.
  kAssertion,  ///< An assertion, $fatal, $error or $stop of the design.
  kCrash,      ///< The process that simulated it died.
  kOther,      ///< Beats that nobody asked for, inputs that were not taken, the design's $finish.
};

struct Failure {
  FailureKind kind = FailureKind::kNone;
  std::string file;       ///< Of what stopped the design: as the design's tree names it.
  std::int64_t line = 0;  ///< Likewise; 0: unknown.
  /// Of the part of the op that was simulated: an assertion's, or of a hang's last transfer on any
  /// channel.
  std::uint64_t cycle = 0;
  std::string channel;  ///< Of a hang: the one that waits.

  bool operator==(const Failure&) const = default;
};

}  // namespace systole
