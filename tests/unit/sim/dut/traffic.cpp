// traffic.cpp: makes beats and moves them through rings.
#include "tests/unit/sim/dut/traffic.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace systole {
namespace {

constexpr int kLo = -128;
constexpr int kHi = 127;
constexpr int kZeroPoint = 3;
constexpr std::uint64_t kMostCycles = 500'000;

template <class T>
void append(std::vector<std::uint8_t>& beats, const T* values, std::size_t count) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values);
  beats.insert(beats.end(), bytes, bytes + count * sizeof(T));
}

class Generator {
 public:
  Generator(const Geometry& geometry, const TrafficShape& shape)
      : geometry_(geometry), shape_(shape), random_(shape.seed) {
    traffic_.geometry = geometry;
  }

  Traffic make() {
    for (std::uint32_t n = 0; n < shape_.n_tiles; ++n) add_n_tile();
    return std::move(traffic_);
  }

 private:
  int draw(int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(random_); }

  void add_n_tile() {
    std::vector<std::int32_t> acc(shape_.rows * geometry_.cols, 0);
    for (std::uint32_t k = 0; k < shape_.k_tiles; ++k) {
      const bool is_last = k + 1 == shape_.k_tiles;
      add_command(k == 0, is_last);
      add_product(acc);
    }
    add_results(acc);
  }

  void add_command(bool is_first, bool is_last) {
    const CommandBeat command{.zero_point = kZeroPoint,
                              .lo = kLo,
                              .hi = kHi,
                              .rows = static_cast<std::uint16_t>(shape_.rows),
                              .rounding = 3,
                              .stream = 0,
                              .first = is_first,
                              .last = is_last,
                              .new_weights = 1,
                              .new_params = is_last,
                              .residual = is_last && shape_.residual,
                              .subtract_zp = 0};
    append(traffic_.beats[kCommand], &command, 1);
  }

  void add_product(std::vector<std::int32_t>& acc) {
    std::vector<std::int16_t> weights(geometry_.rows * geometry_.cols);
    for (auto& weight : weights) weight = static_cast<std::int16_t>(draw(-255, 255));
    append(traffic_.beats[kWeight], weights.data(), weights.size());

    std::vector<std::int16_t> x(geometry_.lanes(), 0);
    for (std::uint32_t m = 0; m < shape_.rows; ++m) {
      for (std::uint32_t r = 0; r < geometry_.rows; ++r) {
        x[r] = static_cast<std::int16_t>(draw(-256, 255));
        for (std::uint32_t c = 0; c < geometry_.cols; ++c) {
          acc[m * geometry_.cols + c] += x[r] * weights[r * geometry_.cols + c];
        }
      }
      append(traffic_.beats[kActivation], x.data(), x.size());
    }
  }

  void add_results(const std::vector<std::int32_t>& acc) {
    std::vector<ParameterBeat> parameters(geometry_.cols);
    for (ParameterBeat& p : parameters) {
      p = {.bias = draw(-1000000, 1000000),
           .scale = draw(-32767, 32767),
           .residual_scale = draw(-100, 100),
           .shift = static_cast<std::uint8_t>(draw(20, 26)),
           .residual_shift = static_cast<std::uint8_t>(draw(0, 12))};
    }
    append(traffic_.beats[kParameter], parameters.data(), parameters.size());

    std::vector<std::int32_t> residual(geometry_.cols, 0);
    for (std::uint32_t m = 0; m < shape_.rows; ++m) {
      for (std::uint32_t c = 0; c < geometry_.cols; ++c) {
        residual[c] = shape_.residual ? draw(-65536, 65535) : 0;
        const ParameterBeat& p = parameters[c];
        const std::int64_t sum =
            std::int64_t{acc[m * geometry_.cols + c]} * p.scale + p.bias +
            std::int64_t{residual[c]} * p.residual_scale * (std::int64_t{1} << p.residual_shift);
        traffic_.outputs.push_back(static_cast<std::int32_t>(
            std::clamp<std::int64_t>((sum >> p.shift) + kZeroPoint, kLo, kHi)));
        traffic_.taps.push_back(acc[m * geometry_.cols + c]);
      }
      if (shape_.residual) append(traffic_.beats[kResidual], residual.data(), residual.size());
    }
  }

  Geometry geometry_;
  TrafficShape shape_;
  std::mt19937 random_;
  Traffic traffic_;
};

/// The caller's side of the rings.
class Rings {
 public:
  Rings(const Traffic& traffic, std::uint32_t capacity) : traffic_(traffic) {
    for (std::uint32_t c = 0; c < kChannelCount; ++c) {
      Ring& ring = rings[c];
      ring.stride =
          static_cast<std::uint32_t>(beat_bytes(static_cast<Channel>(c), traffic.geometry));
      ring.capacity = capacity;
      memory_[c].resize(std::size_t{ring.stride} * capacity);
      ring.data = memory_[c].data();
    }
  }

  /// Adds at most `most` beats to every input.
  void feed(std::uint64_t most) {
    for (std::uint32_t c = 0; c < kInputChannels; ++c) {
      Ring& ring = rings[c];
      const std::uint64_t count = traffic_.count(static_cast<Channel>(c));
      for (std::uint64_t i = 0; i < most && !ring.full() && ring.written < count; ++i) {
        std::memcpy(ring.slot(ring.written), traffic_.beats[c].data() + ring.written * ring.stride,
                    ring.stride);
        ++ring.written;
      }
      ring.ended = ring.written == count;
    }
  }

  void empty(Channel channel, std::vector<std::int32_t>& into) {
    Ring& ring = rings[channel];
    for (; !ring.empty(); ++ring.read) {
      const std::size_t size = into.size();
      into.resize(size + traffic_.geometry.cols);
      std::memcpy(into.data() + size, ring.slot(ring.read), ring.stride);
    }
  }

  Ring rings[kChannelCount];

 private:
  const Traffic& traffic_;
  std::vector<std::uint8_t> memory_[kChannelCount];
};

}  // namespace

std::uint64_t Traffic::count(Channel channel) const {
  return beats[channel].size() / beat_bytes(channel, geometry);
}

Traffic make_traffic(const Geometry& geometry, const TrafficShape& shape) {
  return Generator(geometry, shape).make();
}

Outcome drive(Dut& dut, const Traffic& traffic, const Pace& pace) {
  Rings rings(traffic, pace.ring_beats);
  abi::Op op{.rings = rings.rings,
             .stalls = {.seed = pace.stall_seed, .rate = {}},
             .expected_outputs = traffic.expected_beats(),
             .expected_taps = traffic.expected_beats()};
  std::fill(std::begin(op.stalls.rate), std::end(op.stalls.rate), pace.stall_rate);
  dut.begin(op);

  Outcome outcome;
  do {
    outcome.status = dut.run(pace.quantum);
    outcome.calls_for_input += outcome.status == abi::Status::kNeedInput;
    outcome.calls_for_room += outcome.status == abi::Status::kNeedRoom;
    rings.empty(kOutput, outcome.outputs);
    rings.empty(kTap, outcome.taps);
    rings.feed(std::max<std::uint64_t>(1, pace.ring_beats / 2));
  } while (outcome.status != abi::Status::kDone && outcome.status != abi::Status::kFailed &&
           dut.state().cycles < kMostCycles);
  outcome.cycles = dut.state().cycles;
  outcome.message = dut.message();
  return outcome;
}

std::uint64_t replay(Dut& dut, const Traffic& traffic) {
  abi::Replay all = {};
  for (std::uint32_t c = 0; c < kInputChannels; ++c) {
    all.beats[c] = traffic.beats[c].data();
    all.counts[c] = traffic.count(static_cast<Channel>(c));
  }
  all.expected_outputs = all.expected_taps = traffic.expected_beats();
  return dut.replay(all, kMostCycles);
}

}  // namespace systole
