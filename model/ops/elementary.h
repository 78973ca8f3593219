// elementary.h: elementary functions with the same bits on every machine, unlike libm's.
#pragma once

namespace systole {

/// e^x to within 2 units in the last place: 2^k p(r) with k the integer nearest to x / ln 2,
/// |r| <= ln 2 / 2, and p the Taylor polynomial of degree 13, in double. Below -708: 0. Above 709:
/// infinity. NaN is returned.
double portable_exp(double x);

/// ln x of a normal x > 0 to within 2 units in the last place (of the larger term where |ln x| is
/// below ln 2 / 2): k ln 2 + 2 artanh(s), s = (m - 1) / (m + 1), x = 2^k m with m in
/// [sqrt(1/2), sqrt(2)), and artanh by its series up to s^21, in double.
double portable_log(double x);

/// x^y = e^(y ln x) of a normal x > 0.
double portable_pow(double x, double y);

/// erf x to within 2 units in the last place, in double: the Taylor polynomial of degree 25 about
/// the whole number c nearest to |x|,
///   erf(c + d) = erf(c) + 2 / sqrt(pi) e^(-c^2) sum_i g_i d^(i + 1) / (i + 1),  |d| <= 1/2,
/// where the series g of e^(-2cd - d^2) follows from its derivative: g_0 = 1, g_1 = -2c,
/// (i + 1) g_(i + 1) = -2 (c g_i + g_(i - 1)). Odd; from |x| = 6 on +-1. NaN is returned.
double portable_erf(double x);

/// tanh x to within 3 units in the last place, in double: m / (m + 2) with m = e^(2x) - 1 by its
/// series where |x| < 5/8, 1 - 2 / (e^(2x) + 1) above, and 1 from 22 on. Odd. NaN is returned.
double portable_tanh(double x);

}  // namespace systole
