// shared_integers.h: memory in which forked processes leave integers for one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace systole {

/// `count` zeroes, shared with the processes that are forked while it lives.
class SharedIntegers {
 public:
  /// Throws std::bad_alloc.
  explicit SharedIntegers(std::size_t count);
  ~SharedIntegers();
  SharedIntegers(const SharedIntegers&) = delete;
  SharedIntegers& operator=(const SharedIntegers&) = delete;

  std::span<std::int32_t> span() { return integers_; }

  /// Gives the memory of `part` back, but for pages that it shares with its neighbours; its
  /// integers are lost for all processes.
  void release(std::span<std::int32_t> part);

 private:
  std::span<std::int32_t> integers_;
};

}  // namespace systole
