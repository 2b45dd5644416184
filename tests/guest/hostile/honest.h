/*
 * An honest request of each device, in pieces: its descriptors can be put into any table, behind
 * anything, and its data buffer can be exchanged, so that most violations are an honest request
 * with one mistake.
 *
 *   block    a header to read, a sector of data to write, a status byte to write
 *   console  16 bytes to transmit
 *   rng      64 bytes to fill
 */
#ifndef HOSTILE_HONEST_H
#define HOSTILE_HONEST_H

#include "device.h"
#include "pattern.h"

enum {
  NO_STATUS_YET = 0x5a,
  CONSOLE_LENGTH = 16,
  RNG_LENGTH = 64,
  HONEST_SECTOR = 9,
};

struct request {
  physical header, data, status;
  uint32_t data_length;
  uint64_t sector;
};

static int is_block(struct device *d) { return d->kind == BLOCK || d->kind == READ_ONLY_BLOCK; }

/* Whether the device writes the data buffer of an honest request. */
static int data_is_written(struct device *d) { return d->kind != CONSOLE; }
static uint16_t data_flag(struct device *d) { return data_is_written(d) ? VIRTQ_DESC_F_WRITE : 0; }

static void write_header(physical at, uint32_t type, uint64_t sector) {
  struct virtio_blk_outhdr header = {type, 0, sector};
  store(at, &header, sizeof header);
}

/* Buffers for an honest request; the device may write those that are for it to write. */
static struct request make_request(struct device *d) {
  struct request r = {0, 0, 0, SECTOR, HONEST_SECTOR};
  if (d->kind == CONSOLE) r.data_length = CONSOLE_LENGTH;
  if (d->kind == RNG) r.data_length = RNG_LENGTH;
  r.data = allocate(r.data_length);
  if (d->kind == CONSOLE) store(r.data, "driven by hand\r\n", CONSOLE_LENGTH);
  else give(r.data, r.data_length);
  if (!is_block(d)) return r;
  r.header = allocate(BLK_HEADER);
  write_header(r.header, VIRTIO_BLK_T_IN, r.sector);
  r.status = allocate(1);
  uint8_t none = NO_STATUS_YET;
  store(r.status, &none, 1);
  give(r.status, 1);
  return r;
}

/*
 * Describes the request from descriptor `first` of `table` on, with the data buffer at
 * [data, data + length). Answers how many descriptors it took.
 */
static unsigned describe_with_data(struct device *d, const struct request *r, physical table,
                                   unsigned first, uint64_t data, uint32_t length) {
  if (!is_block(d)) {
    describe(table, first, data, length, data_flag(d), 0);
    return 1;
  }
  describe(table, first, r->header, BLK_HEADER, VIRTQ_DESC_F_NEXT, (uint16_t)(first + 1));
  describe(table, first + 1, data, length, VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_NEXT,
           (uint16_t)(first + 2));
  describe(table, first + 2, r->status, 1, VIRTQ_DESC_F_WRITE, 0);
  return 3;
}

static unsigned describe_request(struct device *d, const struct request *r, physical table,
                                 unsigned first) {
  return describe_with_data(d, r, table, first, r->data, r->data_length);
}

/* Descriptors of an honest request. */
static unsigned descriptors_of(struct device *d) { return is_block(d) ? 3 : 1; }

static void check_data(struct device *d, const struct request *r) {
  if (is_block(d)) {
    check(pattern_holds(seen(r->data), r->sector, r->data_length), "wrong data were read");
  } else if (d->kind == RNG) {
    uint32_t unchanged = 0;
    for (uint32_t at = 0; at < r->data_length; at += 4)
      unchanged += load32(r->data + at) == canary(r->data + at);
    check(unchanged < 2, "a buffer was not filled");
  }
}

/* What a block request was answered, by its status byte. */
static enum answer answer_of_status(physical status) {
  switch (load8(status)) {
    case VIRTIO_BLK_S_OK: return SERVED;
    case VIRTIO_BLK_S_IOERR: return IOERR;
    case VIRTIO_BLK_S_UNSUPP: return UNSUPP;
    default: check(0, "the status byte was not written"); return NO_ANSWER;
  }
}

/* Checks the used element of the last chain that came back. */
static void check_used(struct queue *q, uint32_t id, uint32_t length) {
  struct used_element element = used_element(q, q->used - 1);
  check(element.id == id, "another chain came back");
  check(element.len == length, "the used length is wrong");
}

static uint32_t honest_used_length(struct device *d, const struct request *r) {
  if (d->kind == CONSOLE) return 0;
  return is_block(d) ? r->data_length + 1 : r->data_length;
}

/* Waits for the request that was sent with `head`, and checks all of its answer. */
static enum answer finish_request(struct device *d, struct queue *q, const struct request *r,
                                  uint16_t head) {
  enum answer answer = wait_for_used(d, q, 1);
  if (answer != SERVED) return answer;
  if (is_block(d)) answer = answer_of_status(r->status);
  if (answer != SERVED) return answer;
  check(used_index(q) == q->used, "more came back than was sent");
  check_used(q, head, honest_used_length(d, r));
  check_data(d, r);
  return SERVED;
}

/* Sends an honest request, from descriptor `first` on, and waits for its answer. */
static enum answer honest_request_at(struct device *d, struct queue *q, uint16_t first) {
  struct request r = make_request(d);
  describe_request(d, &r, q->desc, first);
  send_chain(d, q, first);
  return finish_request(d, q, &r, first);
}

static enum answer honest_request(struct device *d, struct queue *q) {
  return honest_request_at(d, q, 0);
}

/*
 * The answer of a device that should have ignored something: it serves an honest request in the
 * same life as if nothing had been, with nothing before it in the used ring.
 */
static enum answer ignored_if_serving(struct device *d, struct queue *q) {
  check(used_index(q) == q->used, "something came back that nobody sent");
  enum answer answer = honest_request(d, q);
  return answer == SERVED ? IGNORED : answer;
}

/* The same for what was ignored before the device was ready: `d` is brought up from here. */
static enum answer ignored_if_coming_up(struct device *d) {
  struct queue q;
  return bring_up(d, &q) ? ignored_if_serving(d, &q) : NO_ANSWER;
}

#endif
