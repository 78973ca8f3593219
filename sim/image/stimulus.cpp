// stimulus.cpp: golden tensors -> beats -> words.
#include "sim/image/stimulus.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/config/error.h"
#include "sim/image/beat_words.h"
#include "sim/image/stimulus_text.h"
#include "sim/schedule/beat_source.h"

namespace systole {
namespace {

/// What is known of a file before its first beat.
BeatFile start_file(Channel channel, const Schedule& schedule) {
  const Geometry& geometry = schedule.geometry;
  std::vector<WordField> fields = word_fields(channel, geometry);
  return {fmt::format("{}: {} beats of {} bits and a word of ones", kChannelNames[channel],
                      count_beats(schedule, channel), count_bits(fields)),
          fields};
}

StimulusFile input_file(Channel channel, const Operands& operands, const Schedule& schedule) {
  BeatFile file = start_file(channel, schedule);
  std::vector<std::uint8_t> beat(beat_bytes(channel, schedule.geometry));
  for (BeatSource source(channel, operands, schedule); !source.ended();) {
    source.next(beat.data());
    file.add(word_values(channel, beat.data(), schedule.geometry));
  }
  return {beat_file_name(channel), std::move(file).finish()};
}

/// `golden` is null where no tensor says what comes; counts what is compared.
StimulusFile result_file(Channel channel, const Layout& layout, const Schedule& schedule,
                         const IntTensor* golden, std::uint64_t& compared) {
  BeatFile file = start_file(channel, schedule);
  const auto cols = static_cast<std::size_t>(schedule.geometry.cols);
  std::vector<std::int64_t> values(cols + 1);  // The last one is `columns`.
  for (const Pass& pass : schedule.passes)
    for (std::int64_t beat = 0; beat < beats_of(pass, channel, schedule.geometry); ++beat) {
      const OutputSlice slice = golden ? slice_of(layout, pass, beat) : OutputSlice{};
      std::fill(values.begin(), values.end(), 0);
      for (std::int64_t c = 0; c < slice.columns; ++c)
        values[static_cast<std::size_t>(c)] =
            (*golden)[layout.order.flat(slice.row, slice.channel + c)];
      values[cols] = slice.columns;
      compared += static_cast<std::uint64_t>(slice.columns);
      file.add(values);
    }
  return {beat_file_name(channel), std::move(file).finish()};
}

const IntTensor* find_golden(const IntNode* node, const AnyTensors& golden) {
  return node ? &integers(golden.at(node->name)) : nullptr;
}

}  // namespace

Region first_sample(const Job& job, const Shape& x) {
  Shape one = x;
  one.at(0) = 1;
  return whole(job, one);
}

Region tile_region(const Job& job, const Shape& x, const Geometry& geometry, std::int64_t tile) {
  const Region region = first_sample(job, x);
  const Layout layout = make_layout(job, x, geometry, region);
  const Schedule schedule = make_schedule(layout);
  const auto last = std::find_if(schedule.passes.rbegin(), schedule.passes.rend(),
                                 [&](const Pass& pass) { return pass.tile == tile; });
  if (last != schedule.passes.rend()) {
    const OutputSlice slice = slice_of(layout, *last, 0);
    return {slice.row - last->command.first_row, last->command.first_row + last->command.rows,
            slice.channel, slice.columns};
  }
  throw InputError({.key = "tile of " + job.last().name,
                    .got = std::to_string(tile),
                    .expected = fmt::format("0 to {}", schedule.passes.back().tile)});
}

std::vector<StimulusFile> make_stimulus(const Job& job, const AnyTensors& golden,
                                        const Geometry& geometry, const Region& region) {
  if (geometry.dataflow == Dataflow::kOutputStationary)
    throw InputError({.key = "stimulus of " + job.last().name,
                      .got = "an output-stationary array",
                      .expected = "a weight-stationary one",
                      .hint = "rtl/README.md has the channels that the files are for"});
  const JobInputs inputs = inputs_of(
      job, [&](const std::string& name) -> const IntTensor& { return integers(golden.at(name)); });
  const Operands operands = make_operands(job, inputs, geometry, region);
  const Schedule schedule = make_schedule(operands.layout);

  StimulusCounts counts;
  std::vector<StimulusFile> files;
  for (std::uint32_t c = 0; c < kChannelCount; ++c) {
    const auto channel = static_cast<Channel>(c);
    counts.beats[c] = static_cast<std::uint64_t>(count_beats(schedule, channel));
    if (c < kInputChannels) files.push_back(input_file(channel, operands, schedule));
  }
  files.push_back(result_file(kOutput, operands.layout, schedule, find_golden(job.quant, golden),
                              counts.outputs));
  files.push_back(result_file(kTap, operands.layout, schedule, find_golden(job.product, golden),
                              counts.accumulators));
  files.push_back({"counts.memh", counts_file(counts)});
  files.push_back({"stimulus.svh", sizes_file(geometry, counts)});
  files.push_back({"passes.csv", passes_file(operands.layout, schedule)});
  files.push_back({"README.md", readme_file(operands.layout, counts)});
  return files;
}

}  // namespace systole
