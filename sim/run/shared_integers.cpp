// shared_integers.cpp: an anonymous shared mapping.
#include "sim/run/shared_integers.h"

#include <sys/mman.h>
#include <unistd.h>

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

void SharedIntegers::release(std::span<std::int32_t> part) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(part.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_REMOVE);
}

}  // namespace systole
