// scale.cpp: one product per element.
#include "model/ops/scale.h"

namespace systole {

FloatTensor scale(const FloatTensor& x, float factor) {
  FloatTensor y = x;
  for (float& value : y.data) value *= factor;
  return y;
}

}  // namespace systole
