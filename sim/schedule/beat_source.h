// beat_source.h: the beats of one input channel of a job, in order; and where output beats belong.
#pragma once

#include <cstdint>
#include <span>

#include "sim/channel/beats.h"
#include "sim/channel/ring.h"
#include "sim/schedule/operands.h"
#include "sim/schedule/schedule.h"

namespace systole {

/// A position in a schedule: beat `beat` of pass `pass`.
struct Cursor {
  std::size_t pass = 0;
  std::int64_t beat = 0;
};

/// How many beats `pass` has on `channel`.
std::int64_t beats_of(const Pass& pass, Channel channel, const Geometry& geometry);

/// Over all passes.
std::int64_t count_beats(const Schedule& schedule, Channel channel);

/// Channels [channel, channel + columns) of a row of the op's whole output [m x channels].
struct OutputSlice {
  std::int64_t row = 0;
  std::int64_t channel = 0;
  std::int64_t columns = 0;
};

/// What result beat `beat` of `pass` (of its residual, output or tap) holds in its first columns;
/// the other ones belong to no element.
OutputSlice slice_of(const Layout& layout, const Pass& pass, std::int64_t beat);

/// Produces the beats of one input channel. `operands` and `schedule` outlive it.
class BeatSource {
 public:
  BeatSource(Channel channel, const Operands& operands, const Schedule& schedule);

  bool ended() const { return cursor_.pass == schedule_->passes.size(); }
  /// Writes the next beat to `beat`, whose bytes were zero at first. Not when ended.
  void next(std::uint8_t* beat);
  /// Writes beats until `ring` is full or the source has ended; then marks the ring as ended.
  void fill(Ring& ring);
  /// All beats of the channel.
  std::uint64_t count() const {
    return static_cast<std::uint64_t>(count_beats(*schedule_, channel_));
  }

 private:
  void skip_empty_passes();
  void write(const Pass& pass, std::int64_t index, std::uint8_t* beat) const;
  void write_weights(const Pass& pass, std::int64_t k, std::uint8_t* beat) const;
  void write_output_stationary(const Pass& pass, std::int64_t index, std::uint8_t* beat) const;

  Channel channel_;
  const Operands* operands_;
  const Schedule* schedule_;
  Cursor cursor_;
};

/// Puts the beats of one output channel (output or tap) where they belong in `tensor`, the op's
/// whole output, of which only the region is written; rows past the region's (of an
/// output-stationary tile) are dropped, and all are only counted where `tensor` is empty.
class BeatSink {
 public:
  /// `layout`, `schedule` and `tensor` outlive it.
  BeatSink(Channel channel, const Layout& layout, const Schedule& schedule,
           std::span<std::int32_t> tensor);

  /// Takes one beat; beats past the expected ones are counted only.
  void take(const std::uint8_t* beat);
  void drain(Ring& ring);
  std::uint64_t taken() const { return taken_; }

 private:
  void skip_other_passes();

  Channel channel_;
  const Layout* layout_;
  const Schedule* schedule_;
  std::span<std::int32_t> tensor_;
  Cursor cursor_;
  std::uint64_t taken_ = 0;
};

}  // namespace systole
