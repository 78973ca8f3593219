// wave_view.h: save files of waveform viewers, as text: what to look at in the waveform of a
// failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/channel/beats.h"

namespace systole {

enum class WavePlace {
  kNone,
  kPe,    ///< Of the array: `row`, `column`.
  kLane,  ///< MulQuant of `column`.
};

struct WaveView {
  std::string wave;                ///< The waveform's file, from the folder of the view.
  std::string title;               ///< "fc: 3 of 12 elements differ".
  std::vector<std::string> notes;  ///< Lines of comment: expected and got, what was concluded.
  Geometry geometry;
  bool is_core = true;  ///< systole_core, whose signals are known; of others only ports are shown.
  bool has_tap = true;
  std::vector<std::string> ports;  ///< Of other designs, as BuiltDut names them.
  WavePlace place = WavePlace::kNone;
  std::int64_t row = 0, column = 0;
  std::optional<std::uint64_t> cycle;  ///< The first wrong one, or the one of a failure: a marker.
  std::optional<Channel> channel;      ///< Of a hang: shown first.
};

/// A signal as FST files name it, and how it is read.
struct WaveSignal {
  enum class Format { kBit, kSigned, kUnsigned };
  std::string name;  ///< Whole, with its range: "TOP.systole_core.u_array.sum_q[0][1][31:0]".
  Format format = Format::kBit;
};

struct WaveGroup {
  std::string name;
  std::vector<WaveSignal> signals;
};

/// What a view shows, in its order: the failing PE with its neighbours upstream, or the lane; then
/// the channels, the command and the sequencer.
std::vector<WaveGroup> wave_groups(const WaveView& view);

/// A save file (.gtkw): `gtkwave FILE` opens the waveform too, from any folder.
std::string gtkwave_view(const WaveView& view);

/// A command file (.sucl): `surfer --command-file FILE`, in the folder of the view.
std::string surfer_view(const WaveView& view);

}  // namespace systole
