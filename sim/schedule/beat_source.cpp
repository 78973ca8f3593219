// beat_source.cpp: cuts beats from padded matrices and puts output beats back.
#include "sim/schedule/beat_source.h"

#include <algorithm>
#include <cstring>

namespace systole {
namespace {

/// Columns past the pack's end and jobs without a mul_quant have zeros.
ParameterBeat parameter_beat(const Operands& operands, const Pass& pass, std::int64_t column) {
  const Layout& layout = operands.layout;
  const PackShape& pack = layout.packs[pass.pack];
  if (!layout.lanes) return {};
  const std::int64_t row = layout.region.m + pass.m0;
  if (operands.stored)
    return operands.stored->parameters(row, pack.first_channel + pass.n0, column);
  if (pass.n0 + column >= pack.channels) return {};
  return layout.lane(row, pack.first_channel + pass.n0 + column);
}

/// Copies the elements of `slice` between the op's tensor and a beat, run by run: `copy` gets the
/// first element's place in either, and the number of bytes.
template <class Copy>
void copy_slice(const Layout& layout, const OutputSlice& slice, const Copy& copy) {
  for (std::int64_t c = 0; c < slice.columns;) {
    const std::int64_t run = layout.order.run(slice.channel + c, slice.columns - c);
    copy(static_cast<std::size_t>(layout.order.flat(slice.row, slice.channel + c)),
         static_cast<std::size_t>(c) * sizeof(std::int32_t),
         static_cast<std::size_t>(run) * sizeof(std::int32_t));
    c += run;
  }
}

}  // namespace

std::int64_t beats_of(const Pass& pass, Channel channel, const Geometry& geometry) {
  const CommandBeat& command = pass.command;
  if (geometry.dataflow == Dataflow::kOutputStationary) {
    if (channel == kActivation || channel == kWeight) return pass.depth;
    return channel == kTap ? geometry.rows : 0;
  }
  switch (channel) {
    case kCommand:
      return 1;
    case kActivation:
      return command.rows;
    case kWeight:
      return command.new_weights ? geometry.rows : 0;
    case kParameter:
      return command.new_params ? geometry.cols : 0;
    case kResidual:
      return command.residual ? command.rows : 0;
    case kOutput:
      return command.last && geometry.has_lanes ? command.rows : 0;
    case kTap:
      return command.last ? command.rows : 0;
    case kChannelCount:
      break;
  }
  return 0;
}

std::int64_t count_beats(const Schedule& schedule, Channel channel) {
  std::int64_t beats = 0;
  for (const Pass& pass : schedule.passes) beats += beats_of(pass, channel, schedule.geometry);
  return beats;
}

OutputSlice slice_of(const Layout& layout, const Pass& pass, std::int64_t beat) {
  const PackShape& pack = layout.packs[pass.pack];
  const std::int64_t columns =
      std::min<std::int64_t>(layout.geometry.cols, pack.channels - pass.n0);
  return {layout.region.m + pass.m0 + beat, pack.first_channel + pass.n0,
          beat < pass.command.rows ? columns : 0};
}

BeatSource::BeatSource(Channel channel, const Operands& operands, const Schedule& schedule)
    : channel_(channel), operands_(&operands), schedule_(&schedule) {
  skip_empty_passes();
}

void BeatSource::skip_empty_passes() {
  while (!ended() &&
         cursor_.beat == beats_of(schedule_->passes[cursor_.pass], channel_, schedule_->geometry))
    cursor_ = {cursor_.pass + 1, 0};
}

void BeatSource::write_weights(const Pass& pass, std::int64_t k, std::uint8_t* beat) const {
  const PackShape& pack = operands_->layout.packs[pass.pack];
  if (operands_->has_stored_weights())
    return operands_->stored->write_weights(pack.first_channel + pass.n0, k, beat);
  const std::int64_t source = k * pack.w_stride + pass.n0;
  std::memcpy(beat, &operands_->packs[pass.pack].w[static_cast<std::size_t>(source)],
              schedule_->geometry.cols * sizeof(std::int16_t));
}

/// Operands of one k, and behind them whether it is the last one.
void BeatSource::write_output_stationary(const Pass& pass, std::int64_t index,
                                         std::uint8_t* beat) const {
  const Geometry& geometry = schedule_->geometry;
  const std::int64_t width = channel_ == kActivation ? geometry.rows : geometry.cols;
  const std::size_t bytes = static_cast<std::size_t>(width) * sizeof(std::int16_t);
  if (channel_ == kActivation) {
    const std::int64_t source = pass.m0 * pass.depth + index * width;
    std::memcpy(beat, &operands_->packs[pass.pack].x[static_cast<std::size_t>(source)], bytes);
  } else {
    write_weights(pass, index, beat);
  }
  const std::int16_t last = index + 1 == pass.depth;
  std::memcpy(beat + bytes, &last, sizeof last);
}

void BeatSource::write(const Pass& pass, std::int64_t index, std::uint8_t* beat) const {
  if (operands_->layout.output_stationary()) return write_output_stationary(pass, index, beat);
  const Layout& layout = operands_->layout;
  const PackShape& pack = layout.packs[pass.pack];
  const PackData& data = operands_->packs[pass.pack];
  const std::int64_t cols = layout.geometry.cols;
  if (channel_ == kCommand) {
    std::memcpy(beat, &pass.command, sizeof pass.command);
  } else if (channel_ == kActivation) {
    const std::int64_t width = layout.tile_width();
    const std::int64_t tile = (layout.stream ? pass.k0 * pack.depth + pass.n0 : pass.k0) / width;
    const std::int64_t row = tile * layout.region.rows + pass.m0 + index;
    std::memcpy(beat, &data.x[static_cast<std::size_t>(row * width)],
                static_cast<std::size_t>(width) * sizeof(std::int16_t));
  } else if (channel_ == kWeight) {
    write_weights(pass, pass.k0 + index, beat);
  } else if (channel_ == kParameter) {
    const ParameterBeat parameters = parameter_beat(*operands_, pass, index);
    std::memcpy(beat, &parameters, sizeof parameters);
  } else {
    std::memset(beat, 0, static_cast<std::size_t>(cols) * sizeof(std::int32_t));
    copy_slice(layout, slice_of(layout, pass, index),
               [&](std::size_t flat, std::size_t at, std::size_t bytes) {
                 std::memcpy(beat + at, &operands_->residual->data[flat], bytes);
               });
  }
}

void BeatSource::next(std::uint8_t* beat) {
  write(schedule_->passes[cursor_.pass], cursor_.beat, beat);
  ++cursor_.beat;
  skip_empty_passes();
}

void BeatSource::fill(Ring& ring) {
  while (!ended() && !ring.full()) {
    next(ring.slot(ring.written));
    ++ring.written;
  }
  ring.ended = ended();
}

BeatSink::BeatSink(Channel channel, const Layout& layout, const Schedule& schedule,
                   std::span<std::int32_t> tensor)
    : channel_(channel), layout_(&layout), schedule_(&schedule), tensor_(tensor) {
  skip_other_passes();
}

void BeatSink::skip_other_passes() {
  const std::vector<Pass>& passes = schedule_->passes;
  while (cursor_.pass < passes.size() &&
         cursor_.beat == beats_of(passes[cursor_.pass], channel_, schedule_->geometry))
    cursor_ = {cursor_.pass + 1, 0};
}

void BeatSink::take(const std::uint8_t* beat) {
  ++taken_;
  if (tensor_.empty() || cursor_.pass == schedule_->passes.size()) return;
  const Pass& pass = schedule_->passes[cursor_.pass];
  copy_slice(*layout_, slice_of(*layout_, pass, cursor_.beat),
             [&](std::size_t flat, std::size_t at, std::size_t bytes) {
               std::memcpy(&tensor_[flat], beat + at, bytes);
             });
  ++cursor_.beat;
  skip_other_passes();
}

void BeatSink::drain(Ring& ring) {
  for (; !ring.empty(); ++ring.read) take(ring.slot(ring.read));
}

}  // namespace systole
