/*
 * What is on the scratch disk and on the read-only disk: words made of their own positions, so
 * that a sector that was written by mistake, or read from the wrong place, is found. The test
 * that runs this program (tests/e2e/hostile-guest.spec.ts) makes the images and looks at them
 * again at the end.
 */
#ifndef HOSTILE_PATTERN_H
#define HOSTILE_PATTERN_H

#include <stdint.h>

enum {
  /* Sectors that violations may really change; every other one keeps its pattern. */
  PLAYGROUND = 64,
  PLAYGROUND_LENGTH = 64,
};

static uint32_t pattern_word(uint32_t word) { return word * 0x9e3779b1u ^ 0x52494e47u; }

/* Whether `bytes` (`length` of them, a multiple of 4) are those of the disk from word `first` on. */
static int pattern_holds_from(const void *bytes, uint32_t first, uint32_t length) {
  const uint32_t *words = bytes;
  for (uint32_t word = 0; word < length / 4; word++)
    if (words[word] != pattern_word(first + word)) return 0;
  return 1;
}

/* The same from `sector` on. */
static int pattern_holds(const void *bytes, uint64_t sector, uint32_t length) {
  return pattern_holds_from(bytes, (uint32_t)sector * 128, length);
}

#endif
