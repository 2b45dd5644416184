/* What programs that measure have in common: arguments, and marks for the host's clock. */
#ifndef BENCH_ARGUMENTS_H
#define BENCH_ARGUMENTS_H

#include "ringbox.h"

static inline uint32_t number_of(const char *text) {
  uint32_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint32_t)(*text++ - '0');
  return value;
}

/*
 * Tells the host that a measurement begins or ends here. Guests' clocks drift when their emulator
 * is late, so none is asked: the host notes when it has seen the mark.
 */
static inline void mark(void) { write_all(1, "\x1d", 1); }

#endif
