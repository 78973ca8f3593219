// stimulus_text.cpp: text for tools, and for people.
#include "sim/image/stimulus_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/image/beat_words.h"
#include "sim/image/format.h"
#include "sim/schedule/beat_source.h"

namespace systole {
namespace {

constexpr const char* kHowTo = R"(
Each `.memh` file is for `$readmemh`: a beat is a word, from address 0 on, in the order in which the
channel transfers them; behind the last one comes a word of ones, which is no beat: without it the
file has been cut. Words are as wide as the pins, rounded up to whole bytes with zeros; numbers are
two's complement. rtl/README.md of Systole has the channels' rules and what the fields mean.

| file | beats | digits | fields, from the least significant bit on |
|---|---|---|---|
)";

constexpr const char* kRest = R"(
`columns`: elements 0 to columns - 1 of a beat are compared, the others may be anything.
`counts.memh` holds the beats of each file above in the same order, then how many elements of
output and tap are compared. `passes.csv` tells which rows and channels of the op's output
[rows x channels] a beat belongs to: pass by pass its command, and its first beat of each channel.
`stimulus.svh` has the sizes.

## Run it

`systole_stimulus_tb.sv` plays the files against `systole_core`, or against yours: change the
instance that is marked in it, or define SYSTOLE_ARRAY as the name of a module with the same pins.

    verilator --binary --timescale 1ns/1ns --top systole_stimulus_tb +define+SYSTOLE_ARRAY=NAME \
      systole_stimulus_tb.sv YOURS
    obj_dir/Vsystole_stimulus_tb

    iverilog -g2012 -DSYSTOLE_ARRAY=NAME -o stimulus.vvp systole_stimulus_tb.sv YOURS
    vvp -N stimulus.vvp

For `systole_core` YOURS is `RTL/lint.vlt -F RTL/files.f`, with RTL its folder, and there is nothing
to define; Icarus 11 does not read it.

A line says `PASS: ...`, or `FAIL: ...` and above it what differs first. After a failure the exit
status is not 0.

| argument | |
|---|---|
| `+stimulus=DIR` | the folder of another op for the same array (default: this one). Its files may be longer: build with `-GDepth=N` (Verilator) or `-Psystole_stimulus_tb.Depth=N` (Icarus), N words or more |
| `+stalls=PERCENT` | of the cycles in which each channel waits (0 to 99, default 0) |
| `+seed=N` | of the stalls (default 1) |
| `+watchdog=N` | cycles without a transfer after which it fails (default 10000) |
| `+no_tap` | the array has no accumulator tap: outputs alone are compared |
)";

std::string capitalised(std::string text) {
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

/// Fields as members of a packed struct, the most significant one first.
std::string to_struct(const std::string& name, const std::vector<WordField>& fields) {
  std::string text = "typedef struct packed {\n";
  for (auto field = fields.rbegin(); field != fields.rend(); ++field)
    text += fmt::format("  logic {}[{}:0] {};\n", field->is_signed ? "signed " : "",
                        field->bits - 1, field->name);
  return text + fmt::format("}} {};\n", name);
}

std::string describe(const WordField& field, std::int64_t lsb) {
  return fmt::format(
      "`{}` [{}:{}]{}", field.name, lsb + field.width() - 1, lsb,
      field.count > 1 ? fmt::format(" = {} x {} bits", field.count, field.bits) : "");
}

std::string describe(const std::vector<WordField>& fields) {
  std::string text;
  std::int64_t lsb = 0;
  for (const WordField& field : fields) {
    text += (lsb ? ", " : "") + describe(field, lsb);
    lsb += field.width();
  }
  return text;
}

}  // namespace

std::string beat_file_name(Channel channel) {
  return kChannelNames[channel] + file_ending(ImageFormat::kHex);
}

std::string counts_file(const StimulusCounts& counts) {
  std::string text = "// Beats of each channel; elements of output and tap.\n@0\n";
  for (const std::uint64_t beats : counts.beats) text += fmt::format("{:08x}\n", beats);
  return text + fmt::format("{:08x}\n{:08x}\n", counts.outputs, counts.accumulators);
}

std::string sizes_file(const Geometry& geometry, const StimulusCounts& counts) {
  std::string text = "// The array that the stimulus is for, and the words of its files.\n";
  const auto add = [&](const std::string& name, std::uint64_t value) {
    text += fmt::format("localparam integer {} = {};\n", name, value);
  };
  add("Rows", geometry.rows);
  add("Cols", geometry.cols);
  add("Lanes", geometry.lanes());
  add("AccDepth", geometry.acc_depth);
  add("ActBits", geometry.act_bits);
  add("WeightBits", geometry.weight_bits);
  add("ScaleBits", static_cast<std::uint64_t>(word_fields(kParameter, geometry)[0].bits));
  text += fmt::format("localparam [0:0] Gemmlowp = 1'b{};\n\n", geometry.has_gemmlowp ? 1 : 0);
  add("FileDepth", *std::max_element(counts.beats.begin(), counts.beats.end()) + 1);
  for (const Channel channel : {kCommand, kActivation, kWeight, kParameter, kResidual}) {
    const std::vector<WordField> fields = word_fields(channel, geometry);
    add(capitalised(kChannelNames[channel]) + "Word",
        static_cast<std::uint64_t>(count_bits(fields)));
  }
  add("OutputBits", static_cast<std::uint64_t>(word_fields(kOutput, geometry)[0].bits));
  add("TapBits", static_cast<std::uint64_t>(word_fields(kTap, geometry)[0].bits));
  return text + '\n' + to_struct("command_t", word_fields(kCommand, geometry)) + '\n' +
         to_struct("parameter_t", word_fields(kParameter, geometry));
}

std::string passes_file(const Layout& layout, const Schedule& schedule) {
  std::string text = "pass,tile,row,rows,k,channel,channels,new_weights,new_params,last";
  for (const char* name : kChannelNames) text += fmt::format(",{}", name);
  text += '\n';
  std::array<std::int64_t, kChannelCount> next = {};
  for (std::size_t p = 0; p < schedule.passes.size(); ++p) {
    const Pass& pass = schedule.passes[p];
    const OutputSlice slice = slice_of(layout, pass, 0);
    text += fmt::format("{},{},{},{},{},{},{},{},{},{}", p, pass.tile, slice.row, pass.command.rows,
                        pass.k0, slice.channel, slice.columns, pass.command.new_weights,
                        pass.command.new_params, pass.command.last);
    for (std::uint32_t c = 0; c < kChannelCount; ++c) {
      const std::int64_t beats = beats_of(pass, static_cast<Channel>(c), schedule.geometry);
      text += beats ? fmt::format(",{}", next[c]) : ",";
      next[c] += beats;
    }
    text += '\n';
  }
  return text;
}

std::string readme_file(const Layout& layout, const StimulusCounts& counts) {
  const Region& region = layout.region;
  const Job& job = layout.job;
  std::string text = fmt::format(
      "# Golden stimulus of {}{}{}\n\n"
      "Rows {} to {} and channels {} to {} of the output [{} x {}], for an array of {} rows and {} "
      "columns: {} accumulators and {} outputs have to come back.\n",
      job.product ? job.product->name : "", job.product && job.quant ? " and " : "",
      job.quant ? job.quant->name : "", region.m, region.m + region.rows - 1, region.channel,
      region.channel + region.channels - 1, layout.m, layout.channels, layout.geometry.rows,
      layout.geometry.cols, counts.accumulators, counts.outputs);
  text += kHowTo;
  for (std::uint32_t c = 0; c < kChannelCount; ++c) {
    const auto channel = static_cast<Channel>(c);
    const std::vector<WordField> fields = word_fields(channel, layout.geometry);
    text += fmt::format("| `{}` | {} | {} | {} |\n", beat_file_name(channel), counts.beats[c],
                        file_word_bits(fields) / 4, describe(fields));
  }
  return text + kRest;
}

}  // namespace systole
