// bench_beats.cpp: inputs from the schedule, answers from the reference's tensors.
#include "flows/cli/bench_beats.h"

#include <filesystem>

#include "model/tensor/atomic_file.h"

namespace systole {
namespace {

void write(const std::string& file, const void* bytes, std::size_t size) {
  write_file_atomically(file, std::string(static_cast<const char*>(bytes), size));
}

/// The rows of `tensor` [m x channels] tile by tile, as the passes give them; channels are whole
/// column tiles.
std::vector<std::int32_t> rows_in_order(const IntTensor& tensor, const Schedule& schedule) {
  const std::int64_t channels = tensor.shape[1];
  std::vector<std::int32_t> rows;
  for (const Pass& pass : schedule.passes) {
    if (!pass.command.last) continue;
    for (std::int64_t row = 0; row < pass.command.rows; ++row) {
      const auto first = tensor.data.begin() + (pass.m0 + row) * channels + pass.n0;
      rows.insert(rows.end(), first, first + schedule.geometry.cols);
    }
  }
  return rows;
}

}  // namespace

void write_beats(const Workload& workload, const std::string& folder) {
  std::filesystem::create_directories(folder);
  for (std::uint32_t c = 0; c < kInputChannels; ++c) {
    const std::vector<std::uint8_t> beats = input_beats(static_cast<Channel>(c), workload);
    write(folder + "/" + kChannelNames[c], beats.data(), beats.size());
  }
  const auto write_answer = [&](const char* name, const IntTensor& tensor) {
    const std::vector<std::int32_t> rows = rows_in_order(tensor, workload.schedule);
    write(folder + "/expected_" + name, rows.data(), rows.size() * sizeof(rows[0]));
  };
  write_answer("output", workload.expected);
  write_answer("tap", workload.accumulators);
}

}  // namespace systole
