// dut.h: owns a Verilated module, its clock, and typed access to elements of packed ports.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "verilated.h"

namespace systole::test {

/// Writes element `index` of `width` bits into a port of any type: they all are little-endian.
template <class Port>
void put(Port& port, int index, int width, std::int64_t value) {
  auto* bytes = reinterpret_cast<unsigned char*>(&port);
  for (int bit = 0; bit < width; ++bit) {
    const int at = index * width + bit;
    const int mask = 1 << (at % 8);
    const bool one = ((value >> bit) & 1) != 0;
    bytes[at / 8] = static_cast<unsigned char>(one ? bytes[at / 8] | mask : bytes[at / 8] & ~mask);
  }
}

/// Reads element `index` of `width` bits, sign-extended.
template <class Port>
std::int32_t get(const Port& port, int index, int width) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(&port);
  std::uint32_t value = 0;
  for (int bit = 0; bit < width; ++bit) {
    const int at = index * width + bit;
    value |= ((bytes[at / 8] >> (at % 8)) & 1U) << bit;
  }
  return static_cast<std::int32_t>(value << (32 - width)) >> (32 - width);
}

/// The low `width` bits of `value`, as ports of odd widths want them.
inline std::uint32_t bits(std::int64_t value, int width) {
  return static_cast<std::uint32_t>(value & ((std::int64_t{1} << width) - 1));
}

/// A module with random initial state and a clock. Assertions count as errors and do not exit.
template <class Model>
class Dut {
 public:
  explicit Dut(int seed = 1) {
    context_->randReset(2);
    context_->randSeed(seed);
    context_->fatalOnError(false);
    model_ = std::make_unique<Model>(context_.get());
    model_->clk_i = 0;
  }
  ~Dut() {
    enter();
    model_->final();
    model_.reset();
  }
  Dut(const Dut&) = delete;
  Dut& operator=(const Dut&) = delete;

  Model* operator->() { return model_.get(); }
  Model& operator*() { return *model_; }

  /// Lets combinational outputs follow the inputs.
  void settle() {
    enter();
    model_->eval();
  }

  /// One clock cycle; inputs are sampled as they are now.
  void tick() {
    enter();
    model_->eval();
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    model_->eval();
    ++cycles_;
  }

  /// Holds reset for some cycles.
  void reset() {
    model_->rst_ni = 0;
    for (int i = 0; i < 4; ++i) tick();
    model_->rst_ni = 1;
    settle();
  }

  std::int64_t cycles() const { return cycles_; }
  bool assertion_failed() const { return context_->gotError(); }

 private:
  /// Several models live in one test: errors and destructors find their context through the thread.
  void enter() { Verilated::threadContextp(context_.get()); }

  std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
  std::unique_ptr<Model> model_;
  std::int64_t cycles_ = 0;
};

}  // namespace systole::test
