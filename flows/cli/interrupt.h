// interrupt.h: Ctrl-C as a flag that long steps ask for.
#pragma once

namespace systole {

inline constexpr int kInterruptedExit = 130;

/// Thrown by a step that has nothing to keep; main turns it into exit code 130.
struct Interrupted {};

/// From now on the first SIGINT or SIGTERM sets the flag, the second one ends the process.
void catch_interrupts();

bool interrupted();

}  // namespace systole
