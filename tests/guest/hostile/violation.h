/*
 * A violation: one mistake of a driver, and how the device must answer it.
 *
 * `row` names the row of the table in SPECIFICATION.md, "The driver's mistakes", that decides the
 * answer; tests/unit/guest/hostile.test.ts holds the two together. A function is used by several
 * violations when only numbers differ, which it gets as `a` and `b`.
 *
 * A function begins with the device in any state and leaves it in any state. It answers what the
 * device has answered, and notes with check() what was wrong on the way.
 */
#ifndef HOSTILE_VIOLATION_H
#define HOSTILE_VIOLATION_H

#include "honest.h"

struct violation {
  const char *name;
  const char *row;
  enum kind kind; /* of the device; with EVERY_DEVICE it is made with a block, a console and an rng */
  enum answer expected;
  enum answer (*commit)(struct device *d, uint32_t a, uint32_t b);
  uint32_t a, b;
};

#endif
