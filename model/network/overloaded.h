// overloaded.h: one callable out of several lambdas, for exhaustive visits of a variant.
#pragma once

namespace systole {

/// `std::visit(Overloaded{[](const A&) {...}, [](const B&) {...}}, variant)`: a missing alternative
/// is a compile error.
template <class... Callables>
struct Overloaded : Callables... {
  using Callables::operator()...;
};
template <class... Callables>
Overloaded(Callables...) -> Overloaded<Callables...>;

}  // namespace systole
