// tracer.h: the waveform of some cycles; nothing at all in a build that does not trace.
#pragma once

#include <cstdint>

#include "sim/dut/abi.h"

#if VM_TRACE_FST
#include <verilated_fst_c.h>

#include <memory>
#endif

namespace systole::dut {

#if VM_TRACE_FST

class Tracer {
 public:
  static constexpr bool kExists = true;
  static constexpr std::uint64_t kLow = 0;
  static constexpr std::uint64_t kHigh = abi::kTicksPerCycle / 2;

  /// The cycles [first, last] from the next op's first one on, which is 1.
  template <class Model>
  void open(Model& model, const char* file, std::uint64_t first, std::uint64_t last) {
    first_ = first;
    last_ = last;
    earlier_ = 0;
    is_new_ = true;
    file_ = std::make_unique<VerilatedFstC>();
    file_->set_time_resolution("1ns");
    file_->set_time_unit("1ns");
    model.trace(file_.get(), kAllLevels);
    file_->open(file);
  }
  void close() { file_.reset(); }

  /// The op before took `cycles`.
  void start_op(std::uint64_t cycles) {
    if (!is_new_) earlier_ += cycles;
    is_new_ = false;
  }

  void dump(std::uint64_t cycle, std::uint64_t phase) {
    if (!file_) return;
    cycle += earlier_;
    if (first_ <= cycle && cycle <= last_) file_->dump(cycle * abi::kTicksPerCycle + phase);
  }

 private:
  static constexpr int kAllLevels = 99;

  std::unique_ptr<VerilatedFstC> file_;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t earlier_ = 0;  ///< Cycles of the ops that the waveform has seen the end of.
  bool is_new_ = false;
};

#else

struct Tracer {
  static constexpr bool kExists = false;
  static constexpr std::uint64_t kLow = 0, kHigh = 0;

  template <class Model>
  void open(Model&, const char*, std::uint64_t, std::uint64_t) {}
  void close() {}
  void start_op(std::uint64_t) {}
  void dump(std::uint64_t, std::uint64_t) {}
};

#endif

}  // namespace systole::dut
