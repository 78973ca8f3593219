// parallel.h: independent pieces of work on several threads.
#pragma once

#include <cstdint>
#include <functional>

namespace systole {

/// The threads that the machine runs at a time, at least 1.
int processor_count();

/// Calls work(i) once for every i in [0, count), on up to `threads` threads, and returns when all
/// are done. The exception of the smallest i that threw is thrown again; work that has not begun
/// by then is left out.
void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work);

}  // namespace systole
