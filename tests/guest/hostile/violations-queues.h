/* Mistakes in where a queue lies and how its rings are used (SPECIFICATION.md: Queues). */
#ifndef HOSTILE_VIOLATIONS_QUEUES_H
#define HOSTILE_VIOLATIONS_QUEUES_H

#include "violation.h"

/* Which part of a queue, by the register of its address. */
enum { NO_PART = 0 };

static physical *part_of(struct queue *q, uint32_t part) {
  return part == QUEUE_DESC ? &q->desc : part == QUEUE_DRIVER ? &q->driver : &q->device;
}

static uint32_t length_of_part(const struct queue *q, uint32_t part) {
  if (part == QUEUE_DESC) return virtq_desc_length(q->size);
  return part == QUEUE_DRIVER ? virtq_avail_length(q->size) : virtq_used_length(q->size);
}

/*
 * Negotiates, and registers and enables the main queue with `part` at high:low instead of where
 * it is. Its used ring is not given to the device: such a queue is not to be used at all.
 */
static enum answer start_with_part_at(struct device *d, uint32_t part, uint32_t low, uint32_t high) {
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  store_zeroes(q.desc, virtq_desc_length(q.size));
  store_zeroes(q.driver, virtq_avail_length(q.size));
  register_queue(d, &q);
  if (part != NO_PART) write_address(d, part, low, high);
  enable_queue(d, &q);
  add_status(d, DRIVER_OK);
  return wait_for_failure(d, &q);
}

/* `part` is moved up by `distance` bytes. */
static enum answer misaligned_part(struct device *d, uint32_t part, uint32_t distance) {
  struct queue q;
  make_queue(&q, d->main_queue, 2 * USUAL_SIZE);
  return start_with_part_at(d, part, *part_of(&q, part) + distance, 0);
}

/* `part` begins at high:0. */
static enum answer part_at_high_address(struct device *d, uint32_t part, uint32_t high) {
  return start_with_part_at(d, part, 0, high);
}

static enum answer part_at(struct device *d, uint32_t part, uint32_t address) {
  return start_with_part_at(d, part, address, 0);
}

static enum answer part_at_ram_end(struct device *d, uint32_t part, uint32_t before) {
  return start_with_part_at(d, part, ram_end() - before, 0);
}

/* The last bytes that an address of 64 bits can name. */
static enum answer part_at_top(struct device *d, uint32_t part, uint32_t before) {
  return start_with_part_at(d, part, 0 - before, 0xffffffff);
}

/* Every part of the queue, or only `part`, has no address: the registers hold 0 after a reset. */
static enum answer without_addresses(struct device *d, uint32_t part, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  if (part == NO_PART) common_write(d, QUEUE_SELECT, 2, q.index);
  else register_queue(d, &q), write_address(d, part, 0, 0);
  enable_queue(d, &q);
  add_status(d, DRIVER_OK);
  return wait_for_failure(d, &q);
}

/* `part` ends with the last byte of RAM that its alignment lets it reach. */
static enum answer part_ends_with_ram(struct device *d, uint32_t part, uint32_t alignment) {
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  *part_of(&q, part) = (ram_end() - length_of_part(&q, part)) & ~(alignment - 1);
  clear_queue(&q);
  register_queue(d, &q);
  enable_queue(d, &q);
  add_status(d, DRIVER_OK);
  return honest_request(d, &q);
}

static enum answer bad_size(struct device *d, uint32_t size, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  register_queue(d, &q);
  common_write(d, QUEUE_SIZE, 2, size);
  uint16_t shown = (uint16_t)common_read(d, QUEUE_SIZE, 2);
  check((shown & (shown - 1)) == 0, "a size that is no power of two is shown");
  enable_queue(d, &q);
  add_status(d, DRIVER_OK);
  return wait_for_failure(d, &q);
}

/* A size beyond the maximum: the one that was written before stays. */
static enum answer size_too_large(struct device *d, uint32_t size, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  clear_queue(&q);
  register_queue(d, &q);
  common_write(d, QUEUE_SIZE, 2, size);
  check(common_read(d, QUEUE_SIZE, 2) == USUAL_SIZE, "a size beyond the maximum is taken");
  enable_queue(d, &q);
  add_status(d, DRIVER_OK);
  return ignored_if_serving(d, &q);
}

/* Writes to a register of the queue while it is enabled; the queue goes on where it was. */
static enum answer write_while_enabled(struct device *d, uint32_t offset, uint32_t value) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  unsigned width = offset >= QUEUE_DESC && offset < QUEUE_NOTIF_CONFIG_DATA ? 4 : 2;
  common_write(d, QUEUE_SELECT, 2, q.index);
  uint32_t before = common_read(d, offset, width);
  common_write(d, offset, width, value);
  check(common_read(d, offset, width) == before, "an enabled queue has changed");
  return ignored_if_serving(d, &q);
}

/* The queue is enabled with what is in it again, after it has served. */
static enum answer enabled_twice(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  check(honest_request(d, &q) == SERVED, "an honest request is not served");
  enable_queue(d, &q);
  notify(d, q.index);
  return ignored_if_serving(d, &q);
}

static enum answer enabled_late(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  add_status(d, DRIVER_OK);
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  return honest_request(d, &q);
}

/*
 * `part` lies where `other` does. The request begins at descriptor 2, so that the indices and the
 * first elements, which lie in descriptors 0 and 1 then, do not destroy it.
 */
static enum answer overlapping_parts(struct device *d, uint32_t part, uint32_t other) {
  enum { HEAD = 2, NO_HEAD = 0xffff };
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  *part_of(&q, part) = *part_of(&q, other);
  clear_queue(&q);
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, HEAD);
  store16(q.driver + RING_ELEMENTS, HEAD);
  /* Not 0, so that the first used element differs from what was there, wherever it is. */
  store16(q.driver + RING_ELEMENTS + 2, NO_HEAD);
  store16(q.driver + RING_IDX, 1);
  register_queue(d, &q);
  enable_queue(d, &q);
  add_status(d, DRIVER_OK);
  struct deadline deadline = deadline_from_now();
  while (used_element(&q, 0).id != HEAD) {
    if (needs_reset(d)) return NEEDS_RESET;
    if (deadline_over(&deadline)) return NO_ANSWER;
  }
  return is_block(d) ? answer_of_status(r.status) : SERVED;
}

/* The data of a request go where a part of its own queue is: the chain was copied before. */
static enum answer data_over_part(struct device *d, uint32_t part, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical target = *part_of(&q, part);
  if (data_is_written(d)) give(target, r.data_length);
  describe_with_data(d, &r, q.desc, 0, target, r.data_length);
  send_chain(d, &q, 0);
  struct deadline deadline = deadline_from_now();
  while (used_index(&q) != 1) { /* the data may be any other number for a moment */
    if (needs_reset(d)) return NEEDS_RESET;
    if (deadline_over(&deadline)) return NO_ANSWER;
  }
  return is_block(d) ? answer_of_status(r.status) : SERVED;
}

/* The available index moves by `distance` at once. */
static enum answer available_leap(struct device *d, uint32_t distance, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  check(honest_request(d, &q) == SERVED, "an honest request is not served");
  store16(q.driver + RING_IDX, q.available + distance);
  notify(d, q.index);
  return wait_for_failure(d, &q);
}

static enum answer bad_head(struct device *d, uint32_t head, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  send_chain(d, &q, (uint16_t)head);
  return wait_for_failure(d, &q);
}

/* One chain made available `times` times at once: it comes back as often. */
static enum answer same_head_again(struct device *d, uint32_t times, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  for (uint32_t i = 0; i < times; i++) push_head(&q, 0);
  publish_available(&q);
  notify(d, q.index);
  enum answer answer = wait_for_used(d, &q, (uint16_t)times);
  if (answer != SERVED) return answer;
  for (uint32_t i = 0; i < times; i++)
    check(used_element(&q, (uint16_t)i).id == 0, "another chain came back");
  check_data(d, &r);
  return is_block(d) ? answer_of_status(r.status) : SERVED;
}

/* The driver writes into the used ring, which is the device's: `a` at byte `b` of it. */
static enum answer scribbled_used_ring(struct device *d, uint32_t value, uint32_t offset) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  store32(q.device + offset, value);
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* The words that ask for fewer interrupts hold nonsense: `a` in flags, `b` in used_event. */
static enum answer nonsense_in_available_ring(struct device *d, uint32_t flags, uint32_t event) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  store16(q.driver + RING_FLAGS, flags);
  store16(q.driver + RING_ELEMENTS + 2 * q.size, event);
  return honest_request(d, &q);
}

/* With EVENT_IDX, used_event far from any index: the device only decides about interrupts by it. */
static enum answer nonsense_used_event(struct device *d, uint32_t event, uint32_t unused) {
  (void)unused;
  struct queue q;
  uint32_t features = usual_features(d) | VIRTIO_F_EVENT_IDX;
  if (!check(negotiate(d, features, d->offered_high), "sound features are refused"))
    return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  store16(q.driver + RING_ELEMENTS + 2 * q.size, event);
  return honest_request(d, &q);
}

/* A queue of one descriptor. */
static enum answer queue_of_one(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, 1);
  add_status(d, DRIVER_OK);
  physical table = allocate(virtq_desc_length(3));
  struct request r = make_request(d);
  unsigned count = describe_request(d, &r, table, 0);
  describe(q.desc, 0, table, virtq_desc_length(count), VIRTQ_DESC_F_INDIRECT, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* More chains than a queue has entries, over time: the indices go round, `rounds` times. */
static enum answer indices_go_round(struct device *d, uint32_t rounds, uint32_t unused) {
  (void)unused;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  enum answer answer = SERVED;
  for (uint32_t i = 0; i < rounds * USUAL_SIZE && answer == SERVED; i++) {
    send_chain(d, &q, 0);
    answer = finish_request(d, &q, &r, 0);
  }
  return answer;
}

/* The queue alone is reset, with a chain in flight, and set up anew. */
static enum answer queue_reset_in_flight(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q, second;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  send_chain(d, &q, 0);
  common_write(d, QUEUE_SELECT, 2, q.index);
  common_write(d, QUEUE_RESET, 2, 1);
  struct deadline deadline = deadline_from_now();
  while (common_read(d, QUEUE_RESET, 2) != 0)
    if (deadline_over(&deadline)) return NO_ANSWER;
  check(common_read(d, QUEUE_ENABLE, 2) == 0, "a queue is still enabled after its reset");
  set_up_queue(d, &second, q.index, USUAL_SIZE);
  return honest_request(d, &second);
}

/* queue_reset is written without VIRTIO_F_RING_RESET. */
static enum answer queue_reset_not_negotiated(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!check(negotiate(d, usual_features(d), VIRTIO_F_VERSION_1_HIGH), "features are refused"))
    return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  common_write(d, QUEUE_RESET, 2, 1);
  check(common_read(d, QUEUE_RESET, 2) == 0, "a reset begins that was not negotiated");
  return ignored_if_serving(d, &q);
}

/* queue_reset of a queue that was never enabled, before and after DRIVER_OK. */
static enum answer queue_reset_while_disabled(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  common_write(d, QUEUE_SELECT, 2, d->main_queue);
  common_write(d, QUEUE_RESET, 2, 1);
  check(common_read(d, QUEUE_RESET, 2) == 0, "the reset of a disabled queue does not end");
  add_status(d, DRIVER_OK);
  common_write(d, QUEUE_RESET, 2, 1);
  check(common_read(d, QUEUE_RESET, 2) == 0, "the reset of a disabled queue does not end");
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  return ignored_if_serving(d, &q);
}

/* clang-format off */
static const struct violation queue_violations[] = {
  {"descriptor table one byte off", "queue-misaligned", EVERY_DEVICE, NEEDS_RESET, misaligned_part, QUEUE_DESC, 1},
  {"descriptor table 8 bytes off", "queue-misaligned", EVERY_DEVICE, NEEDS_RESET, misaligned_part, QUEUE_DESC, 8},
  {"available ring one byte off", "queue-misaligned", EVERY_DEVICE, NEEDS_RESET, misaligned_part, QUEUE_DRIVER, 1},
  {"used ring one byte off", "queue-misaligned", EVERY_DEVICE, NEEDS_RESET, misaligned_part, QUEUE_DEVICE, 1},
  {"used ring two bytes off", "queue-misaligned", EVERY_DEVICE, NEEDS_RESET, misaligned_part, QUEUE_DEVICE, 2},
  {"descriptor table past the end of RAM", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_ram_end, QUEUE_DESC, 0},
  {"available ring past the end of RAM", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_ram_end, QUEUE_DRIVER, 0},
  {"used ring past the end of RAM", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_ram_end, QUEUE_DEVICE, 0},
  {"descriptor table reaches beyond RAM", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_ram_end, QUEUE_DESC, USUAL_SIZE * VIRTQ_DESC_SIZE - 16},
  {"available ring reaches beyond RAM", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_ram_end, QUEUE_DRIVER, 4 + 2 * USUAL_SIZE},
  {"used ring reaches beyond RAM", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_ram_end, QUEUE_DEVICE, 4 + 8 * USUAL_SIZE},
  {"descriptor table at 4 GiB", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_high_address, QUEUE_DESC, 1},
  {"available ring at 4 GiB", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_high_address, QUEUE_DRIVER, 1},
  {"used ring at 4 GiB", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_high_address, QUEUE_DEVICE, 1},
  {"descriptor table at the end of 64 bits", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_top, QUEUE_DESC, 16},
  {"available ring at the end of 64 bits", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_top, QUEUE_DRIVER, 2},
  {"used ring at the end of 64 bits", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at_top, QUEUE_DEVICE, 4},
  {"used ring at the end of 32 bits", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at, QUEUE_DEVICE, 0xfffffffc},
  {"descriptor table in a PCI window", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at, QUEUE_DESC, 0xfec00000},
  {"used ring in a PCI window", "queue-outside-ram", EVERY_DEVICE, NEEDS_RESET, part_at, QUEUE_DEVICE, 0xfee00000},
  {"enabled without any address", "queue-without-address", EVERY_DEVICE, NEEDS_RESET, without_addresses, NO_PART, 0},
  {"enabled without a descriptor table", "queue-without-address", EVERY_DEVICE, NEEDS_RESET, without_addresses, QUEUE_DESC, 0},
  {"enabled without an available ring", "queue-without-address", EVERY_DEVICE, NEEDS_RESET, without_addresses, QUEUE_DRIVER, 0},
  {"enabled without a used ring", "queue-without-address", EVERY_DEVICE, NEEDS_RESET, without_addresses, QUEUE_DEVICE, 0},
  {"descriptor table ends with RAM", "queue-at-end-of-ram", EVERY_DEVICE, SERVED, part_ends_with_ram, QUEUE_DESC, 16},
  {"available ring ends with the last byte of RAM", "queue-at-end-of-ram", EVERY_DEVICE, SERVED, part_ends_with_ram, QUEUE_DRIVER, 2},
  {"used ring ends with the last word of RAM", "queue-at-end-of-ram", EVERY_DEVICE, SERVED, part_ends_with_ram, QUEUE_DEVICE, 4},
  {"queue size 0", "queue-size", EVERY_DEVICE, NEEDS_RESET, bad_size, 0, 0},
  {"queue size 3", "queue-size", EVERY_DEVICE, NEEDS_RESET, bad_size, 3, 0},
  {"queue size 7", "queue-size", EVERY_DEVICE, NEEDS_RESET, bad_size, 7, 0},
  {"queue size 512", "queue-size-too-large", EVERY_DEVICE, IGNORED, size_too_large, 512, 0},
  {"queue size 32768", "queue-size-too-large", EVERY_DEVICE, IGNORED, size_too_large, 32768, 0},
  {"queue size 65535", "queue-size-too-large", EVERY_DEVICE, IGNORED, size_too_large, 65535, 0},
  {"enabled twice", "queue-enabled-twice", EVERY_DEVICE, IGNORED, enabled_twice, 0, 0},
  {"enabled with 0", "queue-enabled-twice", EVERY_DEVICE, IGNORED, write_while_enabled, QUEUE_ENABLE, 0},
  {"enabled with 2", "queue-enabled-twice", EVERY_DEVICE, IGNORED, write_while_enabled, QUEUE_ENABLE, 2},
  {"size changed while enabled", "queue-changed-while-enabled", EVERY_DEVICE, IGNORED, write_while_enabled, QUEUE_SIZE, 4},
  {"descriptor table moved while enabled", "queue-changed-while-enabled", EVERY_DEVICE, IGNORED, write_while_enabled, QUEUE_DESC, 0x1000},
  {"descriptor table moved past 4 GiB while enabled", "queue-changed-while-enabled", EVERY_DEVICE, IGNORED, write_while_enabled, QUEUE_DESC + 4, 1},
  {"available ring moved while enabled", "queue-changed-while-enabled", EVERY_DEVICE, IGNORED, write_while_enabled, QUEUE_DRIVER, 0xffffffff},
  {"used ring moved while enabled", "queue-changed-while-enabled", EVERY_DEVICE, IGNORED, write_while_enabled, QUEUE_DEVICE, 0x1000},
  {"enabled after DRIVER_OK", "queue-enabled-late", EVERY_DEVICE, SERVED, enabled_late, 0, 0},
  {"used ring over the available ring", "queue-overlap", EVERY_DEVICE, SERVED, overlapping_parts, QUEUE_DEVICE, QUEUE_DRIVER},
  {"available ring over the descriptor table", "queue-overlap", EVERY_DEVICE, SERVED, overlapping_parts, QUEUE_DRIVER, QUEUE_DESC},
  {"used ring over the descriptor table", "queue-overlap", EVERY_DEVICE, SERVED, overlapping_parts, QUEUE_DEVICE, QUEUE_DESC},
  {"data over the descriptor table", "queue-overlap", EVERY_DEVICE, SERVED, data_over_part, QUEUE_DESC, 0},
  {"data over the available ring", "queue-overlap", EVERY_DEVICE, SERVED, data_over_part, QUEUE_DRIVER, 0},
  {"data over the used ring", "queue-overlap", EVERY_DEVICE, SERVED, data_over_part, QUEUE_DEVICE, 0},
  {"available index leaps by one too many", "available-leap", EVERY_DEVICE, NEEDS_RESET, available_leap, USUAL_SIZE + 1, 0},
  {"available index leaps by 256", "available-leap", EVERY_DEVICE, NEEDS_RESET, available_leap, 256, 0},
  {"available index leaps by 32768", "available-leap", EVERY_DEVICE, NEEDS_RESET, available_leap, 32768, 0},
  {"available index goes back by one", "available-leap", EVERY_DEVICE, NEEDS_RESET, available_leap, 65535, 0},
  {"head just out of range", "head-out-of-range", EVERY_DEVICE, NEEDS_RESET, bad_head, USUAL_SIZE, 0},
  {"head 32768", "head-out-of-range", EVERY_DEVICE, NEEDS_RESET, bad_head, 32768, 0},
  {"head 65535", "head-out-of-range", EVERY_DEVICE, NEEDS_RESET, bad_head, 65535, 0},
  {"the same head twice", "same-head", EVERY_DEVICE, SERVED, same_head_again, 2, 0},
  {"the same head in all of the ring", "same-head", EVERY_DEVICE, SERVED, same_head_again, USUAL_SIZE, 0},
  {"used flags and index overwritten before", "used-ring-scribbled", EVERY_DEVICE, SERVED, scribbled_used_ring, 0xffff0001, 0},
  {"used element overwritten before", "used-ring-scribbled", EVERY_DEVICE, SERVED, scribbled_used_ring, 0xffffffff, 4},
  {"avail_event overwritten", "used-ring-scribbled", EVERY_DEVICE, SERVED, scribbled_used_ring, 0xffffffff, 4 + 8 * USUAL_SIZE - 2},
  {"unknown flags in the available ring", "notification-nonsense", EVERY_DEVICE, SERVED, nonsense_in_available_ring, 0xfffe, 0},
  {"used_event without EVENT_IDX", "notification-nonsense", EVERY_DEVICE, SERVED, nonsense_in_available_ring, 0, 0x7fff},
  {"used_event 32768 ahead", "notification-nonsense", EVERY_DEVICE, SERVED, nonsense_used_event, 32768, 0},
  {"used_event 65535", "notification-nonsense", EVERY_DEVICE, SERVED, nonsense_used_event, 65535, 0},
  {"a queue of one entry", "queue-small", EVERY_DEVICE, SERVED, queue_of_one, 0, 0},
  {"ring indices go round", "queue-small", EVERY_DEVICE, SERVED, indices_go_round, 4, 0},
  {"queue reset with a chain in flight", "queue-reset", EVERY_DEVICE, SERVED, queue_reset_in_flight, 0, 0},
  {"queue reset that was not negotiated", "queue-reset-unfounded", EVERY_DEVICE, IGNORED, queue_reset_not_negotiated, 0, 0},
  {"queue reset of a disabled queue", "queue-reset-unfounded", EVERY_DEVICE, IGNORED, queue_reset_while_disabled, 0, 0},
};
/* clang-format on */

#endif
