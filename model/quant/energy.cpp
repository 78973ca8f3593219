// energy.cpp: how far codes are from the reals that they stand for.
#include "model/quant/energy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace systole {

void add_pair(Energy& energy, double x, double y) {
  const double error = x - y;
  energy.signal += x * x;
  energy.noise += error * error;
  energy.max_error = std::max(energy.max_error, std::abs(error));
}

void add_energy(Energy& energy, const Energy& more) {
  energy.signal += more.signal;
  energy.noise += more.noise;
  energy.max_error = std::max(energy.max_error, more.max_error);
}

double sqnr_db(const Energy& energy) {
  if (energy.noise == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(energy.signal / energy.noise);
}

}  // namespace systole
