// energy.h: how far codes are from the reals that they stand for.
#pragma once

namespace systole {

/// Sums over pairs of a real x and what stands for it, y, in double and in order.
struct Energy {
  double signal = 0;     ///< sum x^2.
  double noise = 0;      ///< sum (x - y)^2.
  double max_error = 0;  ///< max |x - y|.
};

void add_pair(Energy& energy, double x, double y);
/// As if the pairs of `more` had followed, up to the last bits of the sums.
void add_energy(Energy& energy, const Energy& more);

/// 10 log10(signal / noise); infinite without noise.
double sqnr_db(const Energy& energy);

}  // namespace systole
