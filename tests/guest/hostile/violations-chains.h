/* Mistakes in descriptor chains and their buffers (SPECIFICATION.md: Chains). */
#ifndef HOSTILE_VIOLATIONS_CHAINS_H
#define HOSTILE_VIOLATIONS_CHAINS_H

#include "violation.h"

/* Physical addresses of a PC that no driver should name. */
enum { VGA_HOLE = 0xa0000, ROM = 0xf0000, PCI_WINDOW = 0xfec00000, LOCAL_APIC = 0xfee00000 };

static uint16_t usual_flags(struct device *d) { return data_flag(d) | VIRTQ_DESC_F_NEXT; }

/* A buffer of the device's usual direction that it may not touch, since its chain is refused. */
static void describe_untouchable(struct device *d, physical table, unsigned index, uint16_t next) {
  describe(table, index, allocate(16), 16, usual_flags(d), next);
}

/* Sends the chain at descriptor 0, which must make the device give up. */
static enum answer send_refused_chain(struct device *d, struct queue *q) {
  send_chain(d, q, 0);
  return wait_for_failure(d, q);
}

/* A chain of `length` descriptors whose last names descriptor `back` as the next. */
static enum answer loop(struct device *d, uint32_t length, uint32_t back) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  for (uint32_t i = 0; i < length; i++)
    describe_untouchable(d, q.desc, i, (uint16_t)(i + 1 < length ? i + 1 : back));
  return send_refused_chain(d, &q);
}

/* A loop among the `length` descriptors of an indirect table. */
static enum answer loop_in_indirect_table(struct device *d, uint32_t length, uint32_t back) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical table = allocate(virtq_desc_length(length)), buffer = allocate(16);
  for (uint32_t i = 0; i < length; i++)
    describe(table, i, buffer, 16, usual_flags(d), (uint16_t)(i + 1 < length ? i + 1 : back));
  describe(q.desc, 0, table, virtq_desc_length(length), VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

/*
 * Sound descriptors in an indirect table, whose own descriptor says `length` and `flags`, and a
 * sound descriptor behind that one.
 */
static enum answer refused_indirect(struct device *d, uint32_t length, uint32_t flags) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical table = allocate(virtq_desc_length(8));
  for (unsigned i = 0; i < 7; i++) describe_untouchable(d, table, i, (uint16_t)(i + 1));
  describe(table, 7, allocate(16), 16, data_flag(d), 0);
  describe(q.desc, 0, table, length, (uint16_t)flags, 1);
  describe(q.desc, 1, allocate(16), 16, data_flag(d), 0);
  return send_refused_chain(d, &q);
}

/* Indirect inside indirect, as descriptor `position` of the table. */
static enum answer nested_indirect(struct device *d, uint32_t position, uint32_t flags) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical inner = allocate(virtq_desc_length(1)), table = allocate(virtq_desc_length(4));
  describe(inner, 0, allocate(16), 16, data_flag(d), 0);
  for (uint32_t i = 0; i < position; i++) describe_untouchable(d, table, i, (uint16_t)(i + 1));
  describe(table, position, inner, VIRTQ_DESC_SIZE, (uint16_t)flags, 0);
  describe(q.desc, 0, table, virtq_desc_length(4), VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

/* An indirect table that names itself. */
static enum answer indirect_table_in_itself(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical table = allocate(VIRTQ_DESC_SIZE);
  describe(table, 0, table, VIRTQ_DESC_SIZE, VIRTQ_DESC_F_INDIRECT, 0);
  describe(q.desc, 0, table, VIRTQ_DESC_SIZE, VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

/* An indirect descriptor that points at the queue's own table, where it finds itself. */
static enum answer indirect_to_own_queue(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  describe(q.desc, 0, q.desc, virtq_desc_length(q.size), VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

static enum answer indirect_not_negotiated(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  uint32_t features = usual_features(d) & ~VIRTIO_F_INDIRECT_DESC;
  if (!check(negotiate(d, features, d->offered_high), "sound features are refused"))
    return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  physical table = allocate(VIRTQ_DESC_SIZE);
  describe(table, 0, allocate(16), 16, data_flag(d), 0);
  describe(q.desc, 0, table, VIRTQ_DESC_SIZE, VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

/* An honest request in an indirect table, with flags that mean nothing on its descriptor. */
static enum answer odd_flags_on_indirect(struct device *d, uint32_t flags, uint32_t next) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical table = allocate(virtq_desc_length(3));
  unsigned count = describe_request(d, &r, table, 0);
  describe(q.desc, 0, table, virtq_desc_length(count), (uint16_t)(VIRTQ_DESC_F_INDIRECT | flags),
           (uint16_t)next);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* Direct descriptors, up to `empty` of them, before an indirect one with the rest of the request. */
static enum answer direct_before_indirect(struct device *d, uint32_t empty, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical table = allocate(virtq_desc_length(2));
  unsigned direct = 0, count = 1;
  if (is_block(d)) {
    describe(q.desc, direct++, r.header, BLK_HEADER, VIRTQ_DESC_F_NEXT, 1);
    describe(table, 0, r.data, r.data_length, VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_NEXT, 1);
    describe(table, 1, r.status, 1, VIRTQ_DESC_F_WRITE, 0);
    count = 2;
  } else {
    describe_request(d, &r, table, 0);
  }
  for (; direct < empty; direct++)
    describe(q.desc, direct, r.data, 0, usual_flags(d), (uint16_t)(direct + 1));
  describe(q.desc, direct, table, virtq_desc_length(count), VIRTQ_DESC_F_INDIRECT, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* An indirect table at an address that is aligned to nothing (2.7.5.3 asks for none). */
static enum answer indirect_table_anywhere(struct device *d, uint32_t offset, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical table = allocate(virtq_desc_length(4)) + offset;
  unsigned count = describe_request(d, &r, table, 0);
  describe(q.desc, 0, table, virtq_desc_length(count), VIRTQ_DESC_F_INDIRECT, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* An indirect table at an address that is not RAM. */
static enum answer indirect_table_at(struct device *d, uint32_t address, uint32_t high) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint64_t table = (uint64_t)high << 32 | (address ? address : ram_end() - VIRTQ_DESC_SIZE);
  uint32_t length = virtq_desc_length(address ? 1 : 2);
  describe(q.desc, 0, table, length, VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

/*
 * A chain of `count` empty buffers before an honest request, all in one indirect table: empty
 * buffers are sound, but the device follows a limited number.
 */
static enum answer long_chain(struct device *d, uint32_t count, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  uint32_t total = count + descriptors_of(d);
  physical table = allocate(virtq_desc_length(total));
  uint16_t flags = is_block(d) ? VIRTQ_DESC_F_NEXT : usual_flags(d);
  for (uint32_t i = 0; i < count; i++) describe(table, i, r.data, 0, flags, (uint16_t)(i + 1));
  describe_request(d, &r, table, count);
  describe(q.desc, 0, table, virtq_desc_length(total), VIRTQ_DESC_F_INDIRECT, 0);
  send_chain(d, &q, 0);
  /* Whether it is too long is for the device to say. */
  enum answer answer = finish_request(d, &q, &r, 0);
  return answer == NEEDS_RESET ? wait_for_failure(d, &q) : answer;
}

/* A request behind so many readable buffers of `length` bytes that together they pass 2^32. */
static enum answer endless_chain(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  uint32_t count = 0xffffffffu / length + 1;
  uint32_t total = count + descriptors_of(d);
  physical table = allocate(virtq_desc_length(total));
  for (uint32_t i = 0; i < count; i++)
    describe(table, i, 0, length, VIRTQ_DESC_F_NEXT, (uint16_t)(i + 1));
  describe_request(d, &r, table, count);
  describe(q.desc, 0, table, virtq_desc_length(total), VIRTQ_DESC_F_INDIRECT, 0);
  send_chain(d, &q, 0);
  return wait_for_failure(d, &q);
}

/* A request whose chain is as long as the queue, with empty buffers. */
static enum answer chain_as_long_as_queue(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  uint32_t fill = q.size - descriptors_of(d);
  uint16_t flags = is_block(d) ? VIRTQ_DESC_F_NEXT : usual_flags(d);
  for (uint32_t i = 0; i < fill; i++) describe(q.desc, i, r.data, 0, flags, (uint16_t)(i + 1));
  describe_request(d, &r, q.desc, fill);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* --- Buffers ----------------------------------------------------------------------------------- */

/* A request whose data buffer is [high:low, + length); the device must not touch any of it. */
static enum answer refused_buffer(struct device *d, uint64_t address, uint32_t length) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = {0, 0, 0, 0, 0};
  if (is_block(d)) {
    r.header = allocate(BLK_HEADER);
    write_header(r.header, VIRTIO_BLK_T_IN, HONEST_SECTOR);
    r.status = allocate(1);
  }
  describe_with_data(d, &r, q.desc, 0, address, length);
  return send_refused_chain(d, &q);
}

static enum answer buffer_at(struct device *d, uint32_t address, uint32_t length) {
  return refused_buffer(d, address, length);
}

/* [2^32 * high, + 512) */
static enum answer buffer_at_high_address(struct device *d, uint32_t high, uint32_t low) {
  return refused_buffer(d, (uint64_t)high << 32 | low, SECTOR);
}

/* A buffer in the arena that is longer than memory. */
static enum answer buffer_too_long(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  return refused_buffer(d, allocate(16), length);
}

/* Begins `before` bytes before the end of RAM and is `length` long. */
static enum answer buffer_over_ram_end(struct device *d, uint32_t before, uint32_t length) {
  return refused_buffer(d, ram_end() - before, length);
}

/* A bad buffer in the middle of an indirect table. */
static enum answer buffer_in_indirect_table(struct device *d, uint32_t address, uint32_t length) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical table = allocate(virtq_desc_length(2));
  describe_untouchable(d, table, 0, 1);
  describe(table, 1, address, length, data_flag(d), 0);
  describe(q.desc, 0, table, virtq_desc_length(2), VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

/* The data end with the last byte of RAM. */
static enum answer buffer_ends_with_ram(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  r.data = ram_end() - r.data_length;
  if (data_is_written(d)) give(r.data, r.data_length);
  describe_request(d, &r, q.desc, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/*
 * RAM that the processor does not see because something lies before it, or that firmware would
 * keep: it is this machine's all the same. A console reads from there: what it finds is shown.
 */
static enum answer buffer_in_low_memory(struct device *d, uint32_t address, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_with_data(d, &r, q.desc, 0, address, r.data_length);
  send_chain(d, &q, 0);
  enum answer answer = wait_for_used(d, &q, 1);
  return answer == SERVED && is_block(d) ? answer_of_status(r.status) : answer;
}

/* An empty buffer where there is no RAM is one, too. */
static enum answer empty_buffer_nowhere(struct device *d, uint32_t address, uint32_t b) {
  (void)b;
  return refused_buffer(d, address, 0);
}

/* The two buffers of a request are one and the same. */
static enum answer buffers_overlap(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  uint32_t half = r.data_length / 2;
  unsigned at = 0;
  if (is_block(d)) describe(q.desc, at++, r.header, BLK_HEADER, VIRTQ_DESC_F_NEXT, 1);
  for (int copy = 0; copy < 2; copy++, at++)
    describe(q.desc, at, r.data, half, usual_flags(d), (uint16_t)(at + 1));
  uint16_t last = is_block(d) ? VIRTQ_DESC_F_WRITE : data_flag(d);
  describe(q.desc, at, is_block(d) ? r.status : r.data, is_block(d) ? 1 : 0, last, 0);
  send_chain(d, &q, 0);
  enum answer answer = wait_for_used(d, &q, 1);
  if (answer != SERVED || !is_block(d)) return answer;
  /* The second half came last. */
  check(pattern_holds_from(seen(r.data), (uint32_t)r.sector * 128 + half / 4, half),
        "wrong data were read");
  return answer_of_status(r.status);
}

/* A buffer to read after one to write; `in_table` puts them into an indirect table. */
static enum answer readable_after_writable(struct device *d, uint32_t in_table, uint32_t length) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical table = in_table ? allocate(virtq_desc_length(3)) : q.desc;
  describe(table, 0, allocate(BLK_HEADER), BLK_HEADER, VIRTQ_DESC_F_NEXT, 1);
  describe(table, 1, allocate(16), 16, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE, 2);
  describe(table, 2, allocate(16), length, 0, 0);
  if (in_table) describe(q.desc, 0, table, virtq_desc_length(3), VIRTQ_DESC_F_INDIRECT, 0);
  return send_refused_chain(d, &q);
}

/* The last descriptor of an honest request has more in it than it should. */
static enum answer nonsense_in_last_descriptor(struct device *d, uint32_t flags, uint32_t next) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical last = descriptor_at(q.desc, describe_request(d, &r, q.desc, 0) - 1);
  store16(last + 12, load16(last + 12) | flags);
  store16(last + 14, next);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* The driver changes the descriptors after it has made them available: too late, or in time. */
static enum answer descriptors_change_in_flight(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  send_chain(d, &q, 0);
  describe(q.desc, 0, 0xffffffffu, 0xffffffffu, VIRTQ_DESC_F_NEXT, 0xffff);
  enum answer answer = wait_for_used(d, &q, 1);
  return answer == NEEDS_RESET ? SERVED : answer;
}

/* clang-format off */
static const struct violation chain_violations[] = {
  {"a descriptor that names itself", "loop", EVERY_DEVICE, NEEDS_RESET, loop, 1, 0},
  {"a loop of two", "loop", EVERY_DEVICE, NEEDS_RESET, loop, 2, 0},
  {"a loop of all descriptors", "loop", EVERY_DEVICE, NEEDS_RESET, loop, USUAL_SIZE, 0},
  {"a loop behind a straight beginning", "loop", EVERY_DEVICE, NEEDS_RESET, loop, 4, 3},
  {"an indirect descriptor that names itself", "loop", EVERY_DEVICE, NEEDS_RESET, loop_in_indirect_table, 1, 0},
  {"a loop in an indirect table", "loop", EVERY_DEVICE, NEEDS_RESET, loop_in_indirect_table, 5, 2},
  {"a loop in an indirect table of 2000", "loop", EVERY_DEVICE, NEEDS_RESET, loop_in_indirect_table, 2000, 0},
  {"next just beyond the table", "next-beyond-table", EVERY_DEVICE, NEEDS_RESET, loop, 2, USUAL_SIZE},
  {"next 65535", "next-beyond-table", EVERY_DEVICE, NEEDS_RESET, loop, 1, 65535},
  {"next just beyond an indirect table", "next-beyond-table", EVERY_DEVICE, NEEDS_RESET, loop_in_indirect_table, 3, 3},
  {"next 65535 in an indirect table", "next-beyond-table", EVERY_DEVICE, NEEDS_RESET, loop_in_indirect_table, 3, 65535},
  {"an indirect table inside another", "indirect-nested", EVERY_DEVICE, NEEDS_RESET, nested_indirect, 0, VIRTQ_DESC_F_INDIRECT},
  {"an indirect table at the end of another", "indirect-nested", EVERY_DEVICE, NEEDS_RESET, nested_indirect, 3, VIRTQ_DESC_F_INDIRECT},
  {"a writable indirect table inside another", "indirect-nested", EVERY_DEVICE, NEEDS_RESET, nested_indirect, 1, VIRTQ_DESC_F_INDIRECT | VIRTQ_DESC_F_WRITE},
  {"an indirect table inside itself", "indirect-nested", EVERY_DEVICE, NEEDS_RESET, indirect_table_in_itself, 0, 0},
  {"the queue's own table as an indirect table", "indirect-nested", EVERY_DEVICE, NEEDS_RESET, indirect_to_own_queue, 0, 0},
  {"an indirect table of no length", "indirect-length", EVERY_DEVICE, NEEDS_RESET, refused_indirect, 0, VIRTQ_DESC_F_INDIRECT},
  {"an indirect table of one byte", "indirect-length", EVERY_DEVICE, NEEDS_RESET, refused_indirect, 1, VIRTQ_DESC_F_INDIRECT},
  {"an indirect table of 15 bytes", "indirect-length", EVERY_DEVICE, NEEDS_RESET, refused_indirect, 15, VIRTQ_DESC_F_INDIRECT},
  {"an indirect table of 17 bytes", "indirect-length", EVERY_DEVICE, NEEDS_RESET, refused_indirect, 17, VIRTQ_DESC_F_INDIRECT},
  {"an indirect table of 127 bytes", "indirect-length", EVERY_DEVICE, NEEDS_RESET, refused_indirect, 127, VIRTQ_DESC_F_INDIRECT},
  {"INDIRECT together with NEXT", "indirect-with-next", EVERY_DEVICE, NEEDS_RESET, refused_indirect, 128, VIRTQ_DESC_F_INDIRECT | VIRTQ_DESC_F_NEXT},
  {"INDIRECT, NEXT and WRITE together", "indirect-with-next", EVERY_DEVICE, NEEDS_RESET, refused_indirect, 128, VIRTQ_DESC_F_INDIRECT | VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE},
  {"INDIRECT that was not negotiated", "indirect-not-negotiated", EVERY_DEVICE, NEEDS_RESET, indirect_not_negotiated, 0, 0},
  {"an indirect table that reaches beyond RAM", "indirect-outside-ram", EVERY_DEVICE, NEEDS_RESET, indirect_table_at, 0, 0},
  {"an indirect table in a PCI window", "indirect-outside-ram", EVERY_DEVICE, NEEDS_RESET, indirect_table_at, PCI_WINDOW, 0},
  {"an indirect table above 4 GiB", "indirect-outside-ram", EVERY_DEVICE, NEEDS_RESET, indirect_table_at, 0x1000, 1},
  {"an indirect table at the end of 64 bits", "indirect-outside-ram", EVERY_DEVICE, NEEDS_RESET, indirect_table_at, 0xfffffff0, 0xffffffff},
  {"WRITE on an indirect descriptor", "chain-odd-but-sound", EVERY_DEVICE, SERVED, odd_flags_on_indirect, VIRTQ_DESC_F_WRITE, 0},
  {"a next without NEXT on an indirect descriptor", "chain-odd-but-sound", EVERY_DEVICE, SERVED, odd_flags_on_indirect, 0, 65535},
  {"direct descriptors before an indirect one", "chain-odd-but-sound", EVERY_DEVICE, SERVED, direct_before_indirect, 3, 0},
  {"an indirect table one byte off", "chain-odd-but-sound", EVERY_DEVICE, SERVED, indirect_table_anywhere, 1, 0},
  {"an indirect table seven bytes off", "chain-odd-but-sound", EVERY_DEVICE, SERVED, indirect_table_anywhere, 7, 0},
  {"unknown descriptor flags", "chain-odd-but-sound", EVERY_DEVICE, SERVED, nonsense_in_last_descriptor, 0xfff8, 0},
  {"a next without NEXT", "chain-odd-but-sound", EVERY_DEVICE, SERVED, nonsense_in_last_descriptor, 0, 65535},
  {"a chain as long as the queue, mostly empty", "chain-odd-but-sound", EVERY_DEVICE, SERVED, chain_as_long_as_queue, 0, 0},
  {"an indirect chain longer than the queue", "chain-odd-but-sound", EVERY_DEVICE, SERVED, long_chain, 100, 0},
  {"buffers of one request overlap", "chain-odd-but-sound", EVERY_DEVICE, SERVED, buffers_overlap, 0, 0},
  {"descriptors change in flight", "chain-changes", EVERY_DEVICE, SERVED, descriptors_change_in_flight, 0, 0},
  {"a chain of more than 1024 buffers", "chain-too-long", EVERY_DEVICE, NEEDS_RESET, long_chain, 1024, 0},
  {"a chain of more than 2^32 bytes", "chain-too-long", EVERY_DEVICE, NEEDS_RESET, endless_chain, 8 << 20, 0},
  {"a buffer of 4 GiB less one", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_too_long, 0xffffffff, 0},
  {"a buffer of 2 GiB", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_too_long, 0x80000000, 0},
  {"address plus length just past 2^32", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at, 0xfffffe01, 512},
  {"address plus length exactly 2^32", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at, 0xfffffe00, 512},
  {"address plus length that wraps to RAM", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at, 0xfffff000, 0x3000},
  {"address plus length past 2^64", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at_high_address, 0xffffffff, 0xffffff00},
  {"an address of 4 GiB", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at_high_address, 1, 0},
  {"an address of 2^63", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at_high_address, 0x80000000, 0x1000},
  {"an address in a PCI window", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at, PCI_WINDOW, 512},
  {"an address of the local APIC", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_at, LOCAL_APIC, 16},
  {"an address just past the end of RAM", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_over_ram_end, 0, 1},
  {"a buffer one byte longer than RAM", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_over_ram_end, 512, 513},
  {"an address one megabyte past the end of RAM", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_over_ram_end, 0xfff00000, 512},
  {"a buffer outside RAM in an indirect table", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_in_indirect_table, PCI_WINDOW, 16},
  {"a buffer of 4 GiB less one in an indirect table", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, buffer_in_indirect_table, 0x1000, 0xffffffff},
  {"an empty buffer outside RAM", "buffer-outside-ram", EVERY_DEVICE, NEEDS_RESET, empty_buffer_nowhere, PCI_WINDOW, 0},
  {"a buffer that ends with RAM", "buffer-at-edge", EVERY_DEVICE, SERVED, buffer_ends_with_ram, 0, 0},
  {"a buffer in the VGA hole", "buffer-at-edge", EVERY_DEVICE, SERVED, buffer_in_low_memory, VGA_HOLE, 0},
  {"a buffer in the place of ROM", "buffer-at-edge", EVERY_DEVICE, SERVED, buffer_in_low_memory, ROM, 0},
  {"a readable buffer after a writable one", "readable-after-writable", EVERY_DEVICE, NEEDS_RESET, readable_after_writable, 0, 16},
  {"an empty readable buffer after a writable one", "readable-after-writable", EVERY_DEVICE, NEEDS_RESET, readable_after_writable, 0, 0},
  {"a readable buffer after a writable one in a table", "readable-after-writable", EVERY_DEVICE, NEEDS_RESET, readable_after_writable, 1, 16},
};
/* clang-format on */

#endif
