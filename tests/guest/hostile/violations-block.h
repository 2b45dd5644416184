/* Mistakes in requests to a disk (SPECIFICATION.md: Block). */
#ifndef HOSTILE_VIOLATIONS_BLOCK_H
#define HOSTILE_VIOLATIONS_BLOCK_H

#include "violation.h"

static uint64_t capacity_of(struct device *d) {
  return (uint64_t)config_read(d, BLK_CAPACITY + 4, 4) << 32 | config_read(d, BLK_CAPACITY, 4);
}

/* A block request under construction: header, data of either direction, status. */
struct block_request {
  physical header, data, status;
  uint32_t header_length, data_length, status_length;
  uint16_t data_flags, status_flags;
};

/* A sound request of `type` with data buffers that the device must not write. */
static struct block_request block_request(uint32_t type, uint64_t sector, uint32_t data_length,
                                          uint16_t data_flags) {
  struct block_request r = {0, 0, 0, BLK_HEADER, data_length, 1, data_flags, VIRTQ_DESC_F_WRITE};
  r.header = allocate(BLK_HEADER);
  write_header(r.header, type, sector);
  r.data = allocate(data_length);
  r.status = allocate(1);
  uint8_t none = NO_STATUS_YET;
  store(r.status, &none, 1);
  return r;
}

/* Sends what has a length, header first. */
static void send_block_request(struct device *d, struct queue *q, const struct block_request *r) {
  const struct { physical at; uint32_t length; uint16_t flags; } parts[] = {
      {r->header, r->header_length, 0},
      {r->data, r->data_length, r->data_flags},
      {r->status, r->status_length, r->status_flags},
  };
  unsigned count = 0;
  for (unsigned i = 0; i < 3; i++) {
    if (parts[i].length == 0) continue;
    describe(q->desc, count, parts[i].at, parts[i].length,
             (uint16_t)(parts[i].flags | VIRTQ_DESC_F_NEXT), (uint16_t)(count + 1));
    count++;
  }
  physical last = descriptor_at(q->desc, count - 1);
  store16(last + 12, load16(last + 12) & ~VIRTQ_DESC_F_NEXT);
  send_chain(d, q, 0);
}

/* Waits for its answer; after a failed request the device serves on. */
static enum answer block_answer(struct device *d, struct queue *q, const struct block_request *r) {
  enum answer answer = wait_for_used(d, q, 1);
  if (answer != SERVED) return answer;
  answer = answer_of_status(r->status);
  check(honest_request(d, q) == SERVED, "the next request is not served");
  return answer;
}

static enum answer ask(struct device *d, const struct block_request *r) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  give(r->status, 1);
  send_block_request(d, &q, r);
  return block_answer(d, &q, r);
}

/* What the device can only answer by giving up, since there is no byte for a status. */
static enum answer ask_without_status(struct device *d, const struct block_request *r) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  send_block_request(d, &q, r);
  return wait_for_failure(d, &q);
}

/* --- Sectors ------------------------------------------------------------------------------------ */

static enum answer data_at(struct device *d, uint32_t type, uint64_t sector, uint32_t length) {
  uint16_t flags = type == VIRTIO_BLK_T_IN ? VIRTQ_DESC_F_WRITE : 0;
  struct block_request r = block_request(type, sector, length, flags);
  return ask(d, &r);
}

/* Begins `before` sectors before the end of the disk, and is one longer than that. */
static enum answer past_the_end(struct device *d, uint32_t type, uint32_t before) {
  return data_at(d, type, capacity_of(d) - before, (before + 1) * SECTOR);
}

/* Begins `beyond` sectors beyond the end. */
static enum answer beyond_the_end(struct device *d, uint32_t type, uint32_t beyond) {
  return data_at(d, type, capacity_of(d) + beyond, SECTOR);
}

/* Sector 2^64 - `before`. */
static enum answer near_2_to_64(struct device *d, uint32_t type, uint32_t before) {
  return data_at(d, type, 0 - (uint64_t)before, 2 * SECTOR);
}

/* Sector 2^`exponent`; times 512 some of these are 0 in 64 bits. */
static enum answer at_power_of_two(struct device *d, uint32_t type, uint32_t exponent) {
  return data_at(d, type, 1ull << exponent, SECTOR);
}

static enum answer odd_length(struct device *d, uint32_t type, uint32_t length) {
  return data_at(d, type, PLAYGROUND, length);
}

/* --- Types ---------------------------------------------------------------------------------------- */

static enum answer unknown_type(struct device *d, uint32_t type, uint32_t flags) {
  struct block_request r = block_request(type, PLAYGROUND, SECTOR, (uint16_t)flags);
  return ask(d, &r);
}

/* A flush with a sector and data to write, none of which it has. */
static enum answer flush_with_data(struct device *d, uint32_t sector, uint32_t length) {
  struct block_request r = block_request(VIRTIO_BLK_T_FLUSH, sector, length, 0);
  return ask(d, &r);
}

/* A flush with more to read, all of it in RAM, than a data segment may have. */
static enum answer segment_beyond_size_max(struct device *d, uint32_t more, uint32_t b) {
  (void)b;
  struct block_request r = block_request(VIRTIO_BLK_T_FLUSH, 0, SECTOR, 0);
  r.data = 0;
  r.data_length = config_read(d, BLK_SIZE_MAX, 4) + more;
  return ask(d, &r);
}

/* --- Where descriptors begin and end --------------------------------------------------------------- */

/*
 * An honest read with its header, data and status in pieces of at most these many bytes, in an
 * indirect table. `pieces` is header << 16 | data.
 */
static enum answer split_to_pieces(struct device *d, uint32_t pieces, uint32_t b) {
  (void)b;
  uint32_t header_piece = pieces >> 16, data_piece = pieces & 0xffff;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical table = allocate(virtq_desc_length(BLK_HEADER + SECTOR + 1));
  unsigned at = 0;
  for (uint32_t done = 0; done < BLK_HEADER; done += header_piece, at++)
    describe(table, at, r.header + done, header_piece, VIRTQ_DESC_F_NEXT, (uint16_t)(at + 1));
  for (uint32_t done = 0; done < SECTOR; done += data_piece, at++)
    describe(table, at, r.data + done, data_piece, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE,
             (uint16_t)(at + 1));
  describe(table, at, r.status, 1, VIRTQ_DESC_F_WRITE, 0);
  describe(q.desc, 0, table, virtq_desc_length(at + 1), VIRTQ_DESC_F_INDIRECT, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* Data and status are one buffer; the status is its last byte. */
static enum answer data_and_status_in_one(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical both = allocate(SECTOR + 1);
  give(both, SECTOR + 1);
  r.data = both, r.status = both + SECTOR;
  describe(q.desc, 0, r.header, BLK_HEADER, VIRTQ_DESC_F_NEXT, 1);
  describe(q.desc, 1, both, SECTOR + 1, VIRTQ_DESC_F_WRITE, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* The status byte is followed by an empty buffer. */
static enum answer empty_buffer_after_status(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  store16(descriptor_at(q.desc, 2) + 12, VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_NEXT);
  store16(descriptor_at(q.desc, 2) + 14, 3);
  describe(q.desc, 3, r.status + 1, 0, VIRTQ_DESC_F_WRITE, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* A header of `length` bytes instead of 16; `type` says whether data would be read or written. */
static enum answer header_of_length(struct device *d, uint32_t length, uint32_t type) {
  uint16_t flags = type == VIRTIO_BLK_T_IN ? VIRTQ_DESC_F_WRITE : 0;
  /* Data to write would be taken for the rest of the header. */
  struct block_request r = block_request(type, PLAYGROUND, flags ? SECTOR : 0, flags);
  r.header_length = length;
  return ask(d, &r);
}

/* A header with something readable behind it, where a read has none. */
static enum answer header_too_long(struct device *d, uint32_t extra, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  physical header = allocate(BLK_HEADER + extra);
  write_header(header, VIRTIO_BLK_T_IN, r.sector);
  describe_request(d, &r, q.desc, 0);
  describe(q.desc, 0, header, BLK_HEADER + extra, VIRTQ_DESC_F_NEXT, 1);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

/* The reserved word of the header is not 0. */
static enum answer reserved_not_zero(struct device *d, uint32_t reserved, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  store32(r.header + 4, reserved);
  describe_request(d, &r, q.desc, 0);
  send_chain(d, &q, 0);
  return finish_request(d, &q, &r, 0);
}

static enum answer only_a_status(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct block_request r = block_request(VIRTIO_BLK_T_IN, 0, 0, 0);
  r.header_length = 0;
  return ask(d, &r);
}

/* No status byte: the request ends with its header, or with data to write. */
static enum answer no_status(struct device *d, uint32_t type, uint32_t data_length) {
  struct block_request r = block_request(type, PLAYGROUND, data_length, 0);
  r.status_length = 0;
  return ask_without_status(d, &r);
}

/* The status byte can only be read; with data to read that is a bad chain besides. */
static enum answer status_not_writable(struct device *d, uint32_t type, uint32_t data_length) {
  uint16_t flags = type == VIRTIO_BLK_T_IN ? VIRTQ_DESC_F_WRITE : 0;
  struct block_request r = block_request(type, PLAYGROUND, data_length, flags);
  r.status_flags = 0;
  return ask_without_status(d, &r);
}

/* The buffer for the status is empty. */
static enum answer empty_status(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct block_request r = block_request(VIRTIO_BLK_T_FLUSH, 0, 0, 0);
  describe(q.desc, 0, r.header, BLK_HEADER, VIRTQ_DESC_F_NEXT, 1);
  describe(q.desc, 1, r.status, 0, VIRTQ_DESC_F_WRITE, 0);
  send_chain(d, &q, 0);
  return wait_for_failure(d, &q);
}

/* A chain of one empty buffer. */
static enum answer empty_chain(struct device *d, uint32_t flags, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  describe(q.desc, 0, allocate(16), 0, (uint16_t)flags, 0);
  send_chain(d, &q, 0);
  return wait_for_failure(d, &q);
}

/* --- Discard and write-zeroes -------------------------------------------------------------------------- */

static void write_segment(physical at, uint64_t sector, uint32_t sectors, uint32_t flags) {
  struct virtio_blk_discard_write_zeroes segment = {sector, sectors, flags};
  store(at, &segment, sizeof segment);
}

/* `count` sound segments of the playground, one sector each. */
static struct block_request segments_request(uint32_t type, uint32_t count) {
  struct block_request r = block_request(type, 0, count * BLK_SEGMENT, 0);
  for (uint32_t i = 0; i < count; i++)
    write_segment(r.data + i * BLK_SEGMENT, PLAYGROUND + i % PLAYGROUND_LENGTH, 1, 0);
  return r;
}

static enum answer segment_flags(struct device *d, uint32_t type, uint32_t flags) {
  struct block_request r = segments_request(type, 1);
  write_segment(r.data, PLAYGROUND, 1, flags);
  return ask(d, &r);
}

/* A flag that is unknown, in the last segment of several that are sound. */
static enum answer last_segment_flags(struct device *d, uint32_t type, uint32_t flags) {
  struct block_request r = segments_request(type, 4);
  write_segment(r.data, HONEST_SECTOR, 1, 0); /* must not be carried out */
  write_segment(r.data + 3 * BLK_SEGMENT, PLAYGROUND, 1, flags);
  return ask(d, &r);
}

static enum answer segment_count(struct device *d, uint32_t type, uint32_t count) {
  struct block_request r = segments_request(type, count);
  return ask(d, &r);
}

/* As many segments as the device says that it takes, and `more`. */
static enum answer segments_at_most(struct device *d, uint32_t type, uint32_t more) {
  return segment_count(d, type, config_read(d, BLK_MAX_DISCARD_SEG, 4) + more);
}

/* Segments of `length` bytes together, which is no multiple of 16. */
static enum answer segments_of_odd_length(struct device *d, uint32_t type, uint32_t length) {
  struct block_request r = segments_request(type, 3);
  r.data_length = length;
  return ask(d, &r);
}

/* A segment that ends `sectors` beyond the end of the disk. */
static enum answer segment_past_the_end(struct device *d, uint32_t type, uint32_t sectors) {
  struct block_request r = segments_request(type, 1);
  write_segment(r.data, capacity_of(d) - 1, 1 + sectors, 0);
  return ask(d, &r);
}

static enum answer segment_near_2_to_64(struct device *d, uint32_t type, uint32_t sectors) {
  struct block_request r = segments_request(type, 1);
  write_segment(r.data, 0 - 1ull, sectors, 0);
  return ask(d, &r);
}

static enum answer segment_too_long(struct device *d, uint32_t type, uint32_t sectors) {
  struct block_request r = segments_request(type, 1);
  write_segment(r.data, PLAYGROUND, sectors, 0);
  return ask(d, &r);
}

/* The first segment is sound, the last one is not: nothing of it may be done. */
static enum answer last_segment_bad(struct device *d, uint32_t type, uint32_t b) {
  (void)b;
  struct block_request r = segments_request(type, 2);
  write_segment(r.data, HONEST_SECTOR, 1, 0); /* an honest request reads it afterwards */
  write_segment(r.data + BLK_SEGMENT, capacity_of(d), 1, 0);
  return ask(d, &r);
}

/* The segments are put where the device writes, and there are none to read. */
static enum answer segments_writable(struct device *d, uint32_t type, uint32_t b) {
  (void)b;
  struct block_request r = segments_request(type, 1);
  r.data_flags = VIRTQ_DESC_F_WRITE;
  return ask(d, &r);
}

/* Clears sectors of the playground although the feature was not taken. */
static enum answer clear_not_negotiated(struct device *d, uint32_t type, uint32_t feature) {
  struct queue q;
  if (!check(negotiate(d, usual_features(d) & ~(1u << feature), d->offered_high),
             "sound features are refused"))
    return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  struct block_request r = segments_request(type, 1);
  give(r.status, 1);
  send_block_request(d, &q, &r);
  return block_answer(d, &q, &r);
}

/* --- The identification ----------------------------------------------------------------------------------- */

static enum answer get_id(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct block_request r =
      block_request(VIRTIO_BLK_T_GET_ID, 0, length, VIRTQ_DESC_F_WRITE);
  if (length >= VIRTIO_BLK_ID_BYTES) give(r.data, VIRTIO_BLK_ID_BYTES);
  return ask(d, &r);
}

/* Buffers of every length from `least` to `most`, one after the other in one life. */
static enum answer get_id_of_each_length(struct device *d, uint32_t least, uint32_t most) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical data = allocate(most), status = allocate(1);
  give(status, 1);
  if (least >= VIRTIO_BLK_ID_BYTES) give(data, VIRTIO_BLK_ID_BYTES);
  enum answer first = NO_ANSWER;
  for (uint32_t length = least; length <= most; length++) {
    struct block_request r = block_request(VIRTIO_BLK_T_GET_ID, 0, 0, VIRTQ_DESC_F_WRITE);
    r.data = data, r.data_length = length, r.status = status;
    send_block_request(d, &q, &r);
    if (wait_for_used(d, &q, 1) != SERVED) return NO_ANSWER;
    enum answer answer = answer_of_status(status);
    if (length == least) first = answer;
    check(answer == first, "the answer depends on the length");
  }
  return first;
}

/* A further request queue is used without VIRTIO_BLK_F_MQ. */
static enum answer further_queue_not_negotiated(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q, further;
  if (!negotiate(d, usual_features(d) & ~VIRTIO_BLK_F_MQ, d->offered_high)) return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  set_up_queue(d, &further, d->main_queue + 1, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  struct request r = make_request(d);
  describe_request(d, &r, further.desc, 0);
  send_chain(d, &further, 0);
  enum answer answer = ignored_if_serving(d, &q);
  check(used_index(&further) == 0, "a queue is served that was not negotiated");
  return answer;
}

/* clang-format off */
enum { IN = VIRTIO_BLK_T_IN, OUT = VIRTIO_BLK_T_OUT, DISCARD = VIRTIO_BLK_T_DISCARD, ZEROES = VIRTIO_BLK_T_WRITE_ZEROES };

static const struct violation block_violations[] = {
  {"a read that ends past the end", "sector-out-of-range", BLOCK, IOERR, past_the_end, IN, 1},
  {"a write that ends past the end", "sector-out-of-range", BLOCK, IOERR, past_the_end, OUT, 1},
  {"a long write that ends past the end", "sector-out-of-range", BLOCK, IOERR, past_the_end, OUT, 64},
  {"a read just past the end", "sector-out-of-range", BLOCK, IOERR, beyond_the_end, IN, 0},
  {"a write just past the end", "sector-out-of-range", BLOCK, IOERR, beyond_the_end, OUT, 0},
  {"a read far past the end", "sector-out-of-range", BLOCK, IOERR, beyond_the_end, IN, 0x7fffffff},
  {"a write far past the end", "sector-out-of-range", BLOCK, IOERR, beyond_the_end, OUT, 0x7fffffff},
  {"a read of sector 2^64 - 1", "sector-out-of-range", BLOCK, IOERR, near_2_to_64, IN, 1},
  {"a write of sector 2^64 - 1", "sector-out-of-range", BLOCK, IOERR, near_2_to_64, OUT, 1},
  {"a write that wraps from 2^64 to 0", "sector-out-of-range", BLOCK, IOERR, near_2_to_64, OUT, 2},
  {"a read of sector 2^32", "sector-out-of-range", BLOCK, IOERR, at_power_of_two, IN, 32},
  {"a write of sector 2^55, byte 2^64", "sector-out-of-range", BLOCK, IOERR, at_power_of_two, OUT, 55},
  {"a write of sector 2^53", "sector-out-of-range", BLOCK, IOERR, at_power_of_two, OUT, 53},
  {"a read of sector 2^63", "sector-out-of-range", BLOCK, IOERR, at_power_of_two, IN, 63},
  {"a read past the end of a read-only disk", "sector-out-of-range", READ_ONLY_BLOCK, IOERR, past_the_end, IN, 1},
  {"a read of 511 bytes", "data-length", BLOCK, IOERR, odd_length, IN, 511},
  {"a read of 513 bytes", "data-length", BLOCK, IOERR, odd_length, IN, 513},
  {"a read of one byte", "data-length", BLOCK, IOERR, odd_length, IN, 1},
  {"a write of 511 bytes", "data-length", BLOCK, IOERR, odd_length, OUT, 511},
  {"a write of 1025 bytes", "data-length", BLOCK, IOERR, odd_length, OUT, 1025},
  {"a write of one byte", "data-length", BLOCK, IOERR, odd_length, OUT, 1},
  {"a read of nothing", "data-none", BLOCK, SERVED, odd_length, IN, 0},
  {"a write of nothing", "data-none", BLOCK, SERVED, odd_length, OUT, 0},
  {"a legacy SCSI command", "type-unknown", BLOCK, UNSUPP, unknown_type, 2, 0},
  {"a legacy SCSI command with data to read", "type-unknown", BLOCK, UNSUPP, unknown_type, 3, VIRTQ_DESC_F_WRITE},
  {"request type 5", "type-unknown", BLOCK, UNSUPP, unknown_type, 5, 0},
  {"GET_LIFETIME that is not offered", "type-unknown", BLOCK, UNSUPP, unknown_type, 10, VIRTQ_DESC_F_WRITE},
  {"SECURE_ERASE that is not offered", "type-unknown", BLOCK, UNSUPP, unknown_type, 14, 0},
  {"ZONE_APPEND that is not offered", "type-unknown", BLOCK, UNSUPP, unknown_type, 15, VIRTQ_DESC_F_WRITE},
  {"request type 2^31, a barrier once", "type-unknown", BLOCK, UNSUPP, unknown_type, 0x80000000, 0},
  {"a write with a barrier bit", "type-unknown", BLOCK, UNSUPP, unknown_type, 0x80000001, 0},
  {"request type 2^32 - 1", "type-unknown", BLOCK, UNSUPP, unknown_type, 0xffffffff, 0},
  {"an unknown type on a read-only disk", "type-unknown", READ_ONLY_BLOCK, UNSUPP, unknown_type, 0xffffffff, 0},
  {"a flush with data", "flush-with-more", BLOCK, SERVED, flush_with_data, 0, 512},
  {"a flush with a sector past the end", "flush-with-more", BLOCK, SERVED, flush_with_data, 0xffffffff, 0},
  {"a flush on a read-only disk", "flush-with-more", READ_ONLY_BLOCK, SERVED, flush_with_data, 0, 0},
  {"a header split to single bytes", "framing", BLOCK, SERVED, split_to_pieces, 1 << 16 | 512, 0},
  {"data split to single bytes", "framing", BLOCK, SERVED, split_to_pieces, 16 << 16 | 1, 0},
  {"everything split to single bytes", "framing", BLOCK, SERVED, split_to_pieces, 1 << 16 | 1, 0},
  {"everything split to single bytes on a read-only disk", "framing", READ_ONLY_BLOCK, SERVED, split_to_pieces, 1 << 16 | 1, 0},
  {"data and status in one buffer", "framing", BLOCK, SERVED, data_and_status_in_one, 0, 0},
  {"an empty buffer behind the status", "framing", BLOCK, SERVED, empty_buffer_after_status, 0, 0},
  {"a read with something readable behind its header", "framing", BLOCK, SERVED, header_too_long, 1, 0},
  {"a read with a sector readable behind its header", "framing", BLOCK, SERVED, header_too_long, 512, 0},
  {"a reserved word that is not 0", "framing", BLOCK, SERVED, reserved_not_zero, 0xffffffff, 0},
  {"no header, only a status", "header-short", BLOCK, IOERR, only_a_status, 0, 0},
  {"a header of one byte", "header-short", BLOCK, IOERR, header_of_length, 1, IN},
  {"a header of 8 bytes", "header-short", BLOCK, IOERR, header_of_length, 8, IN},
  {"a header of 15 bytes", "header-short", BLOCK, IOERR, header_of_length, 15, IN},
  {"a write with a header of 15 bytes", "header-short", BLOCK, IOERR, header_of_length, 15, OUT},
  {"a header of 15 bytes on a read-only disk", "header-short", READ_ONLY_BLOCK, IOERR, header_of_length, 15, OUT},
  {"a read without data and status", "status-missing", BLOCK, NEEDS_RESET, no_status, IN, 0},
  {"a write without a status", "status-missing", BLOCK, NEEDS_RESET, no_status, OUT, 512},
  {"a flush without a status", "status-missing", BLOCK, NEEDS_RESET, no_status, 4, 0},
  {"an unknown type without a status", "status-missing", BLOCK, NEEDS_RESET, no_status, 99, 0},
  {"a write to a read-only disk without a status", "status-missing", READ_ONLY_BLOCK, NEEDS_RESET, no_status, OUT, 512},
  {"a flush whose status can only be read", "status-missing", BLOCK, NEEDS_RESET, status_not_writable, 4, 0},
  {"a write whose status can only be read", "status-missing", BLOCK, NEEDS_RESET, status_not_writable, OUT, 512},
  {"a read whose status can only be read", "readable-after-writable", BLOCK, NEEDS_RESET, status_not_writable, IN, 512},
  {"a status buffer of no length", "status-missing", BLOCK, NEEDS_RESET, empty_status, 0, 0},
  {"a chain of one empty readable buffer", "status-missing", BLOCK, NEEDS_RESET, empty_chain, 0, 0},
  {"a chain of one empty writable buffer", "status-missing", BLOCK, NEEDS_RESET, empty_chain, VIRTQ_DESC_F_WRITE, 0},
  {"discard with UNMAP", "segment-flags", BLOCK, UNSUPP, segment_flags, DISCARD, 1},
  {"discard with an unknown flag", "segment-flags", BLOCK, UNSUPP, segment_flags, DISCARD, 2},
  {"discard with all flags", "segment-flags", BLOCK, UNSUPP, segment_flags, DISCARD, 0xffffffff},
  {"write-zeroes with an unknown flag", "segment-flags", BLOCK, UNSUPP, segment_flags, ZEROES, 2},
  {"write-zeroes with UNMAP and an unknown flag", "segment-flags", BLOCK, UNSUPP, segment_flags, ZEROES, 0x80000001},
  {"discard with an unknown flag in the last segment", "segment-flags", BLOCK, UNSUPP, last_segment_flags, DISCARD, 4},
  {"write-zeroes with an unknown flag in the last segment", "segment-flags", BLOCK, UNSUPP, last_segment_flags, ZEROES, 4},
  {"discard without segments", "segment-count", BLOCK, IOERR, segment_count, DISCARD, 0},
  {"write-zeroes without segments", "segment-count", BLOCK, IOERR, segment_count, ZEROES, 0},
  {"discard with one segment too many", "segment-count", BLOCK, IOERR, segments_at_most, DISCARD, 1},
  {"write-zeroes with one segment too many", "segment-count", BLOCK, IOERR, segments_at_most, ZEROES, 1},
  {"discard with 1000 segments", "segment-count", BLOCK, IOERR, segment_count, DISCARD, 1000},
  {"discard with all the segments that there may be", "segment-most", BLOCK, SERVED, segments_at_most, DISCARD, 0},
  {"write-zeroes with all the segments that there may be", "segment-most", BLOCK, SERVED, segments_at_most, ZEROES, 0},
  {"discard with a segment of one byte", "segment-count", BLOCK, IOERR, segments_of_odd_length, DISCARD, 1},
  {"discard with a segment of 15 bytes", "segment-count", BLOCK, IOERR, segments_of_odd_length, DISCARD, 15},
  {"write-zeroes with a segment of 17 bytes", "segment-count", BLOCK, IOERR, segments_of_odd_length, ZEROES, 17},
  {"discard with segments that can only be written", "segment-count", BLOCK, IOERR, segments_writable, DISCARD, 0},
  {"discard that ends past the end", "segment-range", BLOCK, IOERR, segment_past_the_end, DISCARD, 1},
  {"write-zeroes that ends past the end", "segment-range", BLOCK, IOERR, segment_past_the_end, ZEROES, 1},
  {"discard of sector 2^64 - 1", "segment-range", BLOCK, IOERR, segment_near_2_to_64, DISCARD, 1},
  {"write-zeroes that wraps from 2^64 to 0", "segment-range", BLOCK, IOERR, segment_near_2_to_64, ZEROES, 8},
  {"discard of 2^32 - 1 sectors", "segment-range", BLOCK, IOERR, segment_too_long, DISCARD, 0xffffffff},
  {"write-zeroes of 2^31 sectors", "segment-range", BLOCK, IOERR, segment_too_long, ZEROES, 0x80000000},
  {"discard whose last segment is past the end", "segment-range", BLOCK, IOERR, last_segment_bad, DISCARD, 0},
  {"write-zeroes whose last segment is past the end", "segment-range", BLOCK, IOERR, last_segment_bad, ZEROES, 0},
  {"discard of no sectors", "segment-most", BLOCK, SERVED, segment_too_long, DISCARD, 0},
  {"discard that was not negotiated", "not-negotiated", BLOCK, SERVED, clear_not_negotiated, DISCARD, 13},
  {"write-zeroes that was not negotiated", "not-negotiated", BLOCK, SERVED, clear_not_negotiated, ZEROES, 14},
  {"a flush that was not negotiated", "not-negotiated", BLOCK, SERVED, clear_not_negotiated, 4, 9},
  {"a segment one byte longer than size_max", "segment-too-long", BLOCK, SERVED, segment_beyond_size_max, 1, 0},
  {"a segment 1 MiB longer than size_max", "segment-too-long", BLOCK, SERVED, segment_beyond_size_max, 1048576, 0},
  {"an identification of 0 bytes", "id-length", BLOCK, IOERR, get_id, 0, 0},
  {"an identification of 19 bytes", "id-length", BLOCK, IOERR, get_id, 19, 0},
  {"an identification of 20 bytes", "id-length-enough", BLOCK, SERVED, get_id, 20, 0},
  {"an identification of 64 bytes", "id-length-enough", BLOCK, SERVED, get_id, 64, 0},
  {"an identification of each length from 0 to 19", "id-length", BLOCK, IOERR, get_id_of_each_length, 0, 19},
  {"an identification of each length from 20 to 64", "id-length-enough", BLOCK, SERVED, get_id_of_each_length, 20, 64},
  {"an identification of 19 bytes of a read-only disk", "id-length", READ_ONLY_BLOCK, IOERR, get_id, 19, 0},
  {"a write to a read-only disk", "read-only-disk", READ_ONLY_BLOCK, IOERR, odd_length, OUT, 512},
  {"a long write to a read-only disk", "read-only-disk", READ_ONLY_BLOCK, IOERR, odd_length, OUT, 65536},
  {"a write of nothing to a read-only disk", "read-only-disk", READ_ONLY_BLOCK, IOERR, odd_length, OUT, 0},
  {"a write of one byte to a read-only disk", "read-only-disk", READ_ONLY_BLOCK, IOERR, odd_length, OUT, 1},
  {"a write past the end of a read-only disk", "read-only-disk", READ_ONLY_BLOCK, IOERR, past_the_end, OUT, 1},
  {"discard on a read-only disk", "read-only-disk", READ_ONLY_BLOCK, IOERR, segment_count, DISCARD, 1},
  {"write-zeroes on a read-only disk", "read-only-disk", READ_ONLY_BLOCK, IOERR, segment_count, ZEROES, 1},
  {"a further queue without MQ", "further-queue-not-negotiated", BLOCK, IGNORED, further_queue_not_negotiated, 0, 0},
};
/* clang-format on */

#endif
