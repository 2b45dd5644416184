/* Mistakes in what is asked of the random number generator (SPECIFICATION.md: Random numbers). */
#ifndef HOSTILE_VIOLATIONS_RNG_H
#define HOSTILE_VIOLATIONS_RNG_H

#include "violation.h"

enum { RNG_MOST = 65536 };

/* A buffer that the device has nothing to write to comes back as it is. */
static enum answer nothing_to_fill(struct device *d, uint32_t length, uint32_t flags) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  describe(q.desc, 0, allocate(64), length, (uint16_t)flags, 0);
  send_chain(d, &q, 0);
  enum answer answer = wait_for_used(d, &q, 1);
  check(used_element(&q, 0).len == 0, "something was written");
  return answer == SERVED ? ignored_if_serving(d, &q) : answer;
}

/* A readable buffer before one to fill: it means nothing. */
static enum answer readable_before(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe(q.desc, 0, allocate(length), length, VIRTQ_DESC_F_NEXT, 1);
  describe_request(d, &r, q.desc, 1);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* A buffer of `length` bytes, of which at most 64 KiB are filled. */
static enum answer buffer_of_length(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint32_t filled = length < RNG_MOST ? length : RNG_MOST;
  physical buffer = allocate(length);
  give(buffer, filled);
  describe(q.desc, 0, buffer, length, VIRTQ_DESC_F_WRITE, 0);
  send_chain(d, &q, 0);
  enum answer answer = wait_for_used(d, &q, 1);
  check(used_element(&q, 0).len == filled, "the used length is wrong");
  return answer;
}

/* A thousand buffers of one byte in one chain. */
static enum answer single_bytes(struct device *d, uint32_t count, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical table = allocate(virtq_desc_length(count)), buffer = allocate(count);
  give(buffer, count);
  for (uint32_t i = 0; i < count; i++)
    describe(table, i, buffer + i, 1,
             (uint16_t)(VIRTQ_DESC_F_WRITE | (i + 1 < count ? VIRTQ_DESC_F_NEXT : 0)),
             (uint16_t)(i + 1));
  describe(q.desc, 0, table, virtq_desc_length(count), VIRTQ_DESC_F_INDIRECT, 0);
  send_chain(d, &q, 0);
  enum answer answer = wait_for_used(d, &q, 1);
  check(used_element(&q, 0).len == count, "the used length is wrong");
  return answer;
}

/* clang-format off */
static const struct violation rng_violations[] = {
  {"a buffer that can only be read", "rng-nothing-to-fill", RNG, IGNORED, nothing_to_fill, 64, 0},
  {"an empty buffer to fill", "rng-nothing-to-fill", RNG, IGNORED, nothing_to_fill, 0, VIRTQ_DESC_F_WRITE},
  {"an empty buffer to read", "rng-nothing-to-fill", RNG, IGNORED, nothing_to_fill, 0, 0},
  {"a readable buffer before the one to fill", "rng-odd-buffers", RNG, SERVED, readable_before, 64, 0},
  {"an empty readable buffer before the one to fill", "rng-odd-buffers", RNG, SERVED, readable_before, 0, 0},
  {"a buffer of one byte", "rng-odd-buffers", RNG, SERVED, buffer_of_length, 1, 0},
  {"a buffer of 64 KiB and one byte", "rng-odd-buffers", RNG, SERVED, buffer_of_length, 65537, 0},
  {"a buffer of 300000 bytes", "rng-odd-buffers", RNG, SERVED, buffer_of_length, 300000, 0},
  {"a thousand buffers of one byte", "rng-odd-buffers", RNG, SERVED, single_bytes, 1000, 0},
};
/* clang-format on */

#endif
