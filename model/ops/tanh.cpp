// tanh.cpp: our own tanh, element by element.
#include "model/ops/tanh.h"

#include <algorithm>

#include "model/ops/elementary.h"

namespace systole {

FloatTensor tanh_of(const FloatTensor& x) {
  FloatTensor y(x.shape);
  std::transform(x.data.begin(), x.data.end(), y.data.begin(),
                 [](double value) { return static_cast<float>(portable_tanh(value)); });
  return y;
}

}  // namespace systole
