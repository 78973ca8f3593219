// shared_integers.cpp: an anonymous shared mapping.
#include "sim/run/shared_integers.h"

#include <sys/mman.h>

#include <new>

namespace systole {

SharedIntegers::SharedIntegers(std::size_t count) {
  if (count == 0) return;
  void* memory = ::mmap(nullptr, count * sizeof(std::int32_t), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  integers_ = {static_cast<std::int32_t*>(memory), count};
}

SharedIntegers::~SharedIntegers() {
  if (!integers_.empty()) ::munmap(integers_.data(), integers_.size_bytes());
}

}  // namespace systole
