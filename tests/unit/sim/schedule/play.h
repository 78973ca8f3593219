// play.h: runs a job's beats through the functional core, as the bench does with a design.
#pragma once

#include <cstring>

#include "sim/schedule/beat_source.h"
#include "tests/unit/sim/schedule/functional_core.h"

namespace systole {

template <class T>
std::vector<T> beat_of(const std::vector<std::uint8_t>& bytes) {
  std::vector<T> beat(bytes.size() / sizeof(T));
  std::memcpy(beat.data(), bytes.data(), bytes.size());
  return beat;
}

template <class Take>
void for_each_beat(Channel channel, const Operands& operands, const Schedule& schedule, Take take) {
  BeatSource source(channel, operands, schedule);
  while (!source.ended()) {
    std::vector<std::uint8_t> bytes(beat_bytes(channel, schedule.geometry));
    source.next(bytes.data());
    take(bytes);
  }
}

struct Played {
  IntTensor output, accumulators;
  Schedule schedule;
  Operands operands;
};

/// Runs the beats of `region` and puts its output beats back into whole tensors.
inline Played play(const Job& job, const JobInputs& inputs, const Geometry& geometry,
                   const Region& region) {
  Played played;
  played.operands = make_operands(job, inputs, geometry, region);
  played.schedule = make_schedule(played.operands.layout);
  const auto& [output, accumulators, schedule, operands] = played;
  FunctionalCore core(geometry);
  for_each_beat(kCommand, operands, schedule,
                [&](auto& b) { core.commands.push_back(beat_of<CommandBeat>(b)[0]); });
  for_each_beat(kActivation, operands, schedule,
                [&](auto& b) { core.activations.push_back(beat_of<std::int16_t>(b)); });
  for_each_beat(kWeight, operands, schedule,
                [&](auto& b) { core.weights.push_back(beat_of<std::int16_t>(b)); });
  for_each_beat(kParameter, operands, schedule,
                [&](auto& b) { core.parameters.push_back(beat_of<ParameterBeat>(b)[0]); });
  for_each_beat(kResidual, operands, schedule,
                [&](auto& b) { core.residuals.push_back(beat_of<std::int32_t>(b)); });
  core.run();
  EXPECT_TRUE(core.activations.empty() && core.weights.empty() && core.parameters.empty() &&
              core.residuals.empty());
  EXPECT_EQ(core.outputs.size(), schedule.output_beats);
  EXPECT_EQ(core.taps.size(), schedule.tap_beats);

  played.output = played.accumulators = IntTensor({operands.layout.m, operands.layout.channels});
  BeatSink out(kOutput, operands.layout, schedule, played.output.data);
  BeatSink tap(kTap, operands.layout, schedule, played.accumulators.data);
  for (auto& beat : core.outputs) out.take(reinterpret_cast<const std::uint8_t*>(beat.data()));
  for (auto& beat : core.taps) tap.take(reinterpret_cast<const std::uint8_t*>(beat.data()));
  return played;
}

/// Of the whole output.
inline Played play(const Job& job, const JobInputs& inputs, const Geometry& geometry) {
  return play(job, inputs, geometry, whole(job, inputs.x.shape));
}

}  // namespace systole
