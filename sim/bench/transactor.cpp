// transactor.cpp: a method process per channel.
#include "sim/bench/transactor.h"

namespace systole {

InputTransactor::InputTransactor(sc_core::sc_module_name name, Channel channel, Ring& ring)
    : sc_module(name), memory("memory"), channel_(channel), ring_(ring) {
  SC_HAS_PROCESS(InputTransactor);
  SC_METHOD(serve);
  sensitive << request;
  dont_initialize();
}

void InputTransactor::serve() { memory->read_beats(channel_, ring_); }

OutputTransactor::OutputTransactor(sc_core::sc_module_name name, Channel channel, Ring& ring)
    : sc_module(name), monitor("monitor"), channel_(channel), ring_(ring) {
  SC_HAS_PROCESS(OutputTransactor);
  SC_METHOD(serve);
  sensitive << request;
  dont_initialize();
}

void OutputTransactor::serve() { monitor->write_beats(channel_, ring_); }

}  // namespace systole
