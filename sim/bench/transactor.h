// transactor.h: one module per channel between a ring and the modules that own the beats.
#pragma once

#include <systemc>

#include "sim/channel/beats.h"
#include "sim/channel/ring.h"

namespace systole {

/// Where input beats come from: the memory.
class BeatReader : public virtual sc_core::sc_interface {
 public:
  /// Fills the ring and marks it ended after the op's last beat.
  virtual void read_beats(Channel channel, Ring& ring) = 0;
};

/// Where output beats go: the monitor.
class BeatWriter : public virtual sc_core::sc_interface {
 public:
  virtual void write_beats(Channel channel, Ring& ring) = 0;
};

/// Keeps the ring of one input channel filled, whenever `request` is notified.
class InputTransactor : public sc_core::sc_module {
 public:
  sc_core::sc_port<BeatReader> memory;
  sc_core::sc_event request;

  InputTransactor(sc_core::sc_module_name name, Channel channel, Ring& ring);

 private:
  void serve();

  Channel channel_;
  Ring& ring_;
};

/// Empties the ring of one output channel, whenever `request` is notified.
class OutputTransactor : public sc_core::sc_module {
 public:
  sc_core::sc_port<BeatWriter> monitor;
  sc_core::sc_event request;

  OutputTransactor(sc_core::sc_module_name name, Channel channel, Ring& ring);

 private:
  void serve();

  Channel channel_;
  Ring& ring_;
};

}  // namespace systole
