// elementary.h: exponential and logarithm with the same bits on every machine, unlike libm's.
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

}  // namespace systole
