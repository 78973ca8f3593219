// reproducer.h: a failing op as a directory that `systole run` reproduces.
#pragma once

#include <string>

#include "model/network/batch.h"
#include "model/network/network.h"
#include "sim/bench/options.h"
#include "sim/dut/config.h"

namespace systole {

/// A small network with its inputs, and the settings under which the design gets it wrong.
struct Reproducer {
  IntNetwork network;
  IntTensors inputs;  ///< Codes by input name, batch first.
  DutConfig dut;
  BenchOptions bench;
  bool allow_wrap = false;  ///< `overflow: wrap`.
  std::string about;        ///< What was seen and is to be expected: sentences for the README.
};

/// The text of run.yaml.
std::string run_yaml(const Reproducer& reproducer);

/// Writes `directory`: `bundle/` (the inputs are its sample set "test"), `README.md` and, when all
/// is there, `run.yaml`. Each is replaced whole where there is one already. Throws InputError when
/// the place cannot be written or `bundle/` holds anything else than a bundle.
void write_reproducer(const std::string& directory, const Reproducer& reproducer);

}  // namespace systole
