/* Mistakes in what is said to a console (SPECIFICATION.md: Console). */
#ifndef HOSTILE_VIOLATIONS_CONSOLE_H
#define HOSTILE_VIOLATIONS_CONSOLE_H

#include "violation.h"

enum { MESSAGE_ROOM = 64 };

/* A console with several ports: the queues of port 0 and of control. */
struct console {
  struct device *device;
  struct queue receive, transmit, control_receive, control_transmit;
  physical rooms; /* USUAL_SIZE buffers of MESSAGE_ROOM bytes, for what the device says */
  physical message;
};

/* Negotiates MULTIPORT and sets the four queues up, without room for messages of the device. */
static int console_up(struct device *d, struct console *c) {
  c->device = d;
  uint32_t features = usual_features(d) | VIRTIO_CONSOLE_F_MULTIPORT;
  if (!check(negotiate(d, features, d->offered_high), "sound features are refused")) return 0;
  set_up_queue(d, &c->receive, CONSOLE_RECEIVE, USUAL_SIZE);
  set_up_queue(d, &c->transmit, CONSOLE_TRANSMIT, USUAL_SIZE);
  set_up_queue(d, &c->control_receive, CONSOLE_CONTROL_RECEIVE, USUAL_SIZE);
  set_up_queue(d, &c->control_transmit, CONSOLE_CONTROL_TRANSMIT, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  c->message = allocate(MESSAGE_ROOM);
  store_zeroes(c->message, MESSAGE_ROOM);
  return 1;
}

/* Gives the device room for its messages: all of the control receive queue. */
static void make_room(struct console *c) {
  struct queue *q = &c->control_receive;
  c->rooms = allocate(q->size * MESSAGE_ROOM);
  give(c->rooms, q->size * MESSAGE_ROOM);
  for (uint16_t i = 0; i < q->size; i++) {
    describe(q->desc, i, c->rooms + i * MESSAGE_ROOM, MESSAGE_ROOM, VIRTQ_DESC_F_WRITE, 0);
    push_head(q, i);
  }
  publish_available(q);
  notify(c->device, q->index);
}

/* Sends `length` bytes of the message `id, event, value` as a control message. */
static enum answer tell(struct console *c, uint32_t id, uint16_t event, uint16_t value,
                        uint32_t length) {
  struct virtio_console_control message = {id, event, value};
  store(c->message, &message, sizeof message);
  describe(c->control_transmit.desc, 0, c->message, length, 0, 0);
  send_chain(c->device, &c->control_transmit, 0);
  return wait_for_used(c->device, &c->control_transmit, 1);
}

/* Waits for the next message of the device, which must be `event` for port `id`. */
static int hear(struct console *c, uint32_t id, uint16_t event) {
  struct queue *q = &c->control_receive;
  if (wait_for_used(c->device, q, 1) != SERVED) return check(0, "a control message is missing");
  struct used_element element = used_element(q, q->used - 1);
  const struct virtio_console_control *message = seen(c->rooms + element.id * MESSAGE_ROOM);
  return check(element.len >= CONSOLE_CONTROL && message->id == id && message->event == event,
               "another control message comes");
}

/* The honest conversation from its beginning, up to port 0 being ready and transmitting. */
static enum answer conversation(struct console *c) {
  struct device *d = c->device;
  make_room(c);
  if (tell(c, 0, VIRTIO_CONSOLE_DEVICE_READY, 1, CONSOLE_CONTROL) != SERVED) return NO_ANSWER;
  uint32_t ports = config_read(d, CONSOLE_MAX_NR_PORTS, 4);
  for (uint32_t port = 0; port < ports; port++)
    if (!hear(c, port, VIRTIO_CONSOLE_DEVICE_ADD)) return NO_ANSWER;
  if (tell(c, 0, VIRTIO_CONSOLE_PORT_READY, 1, CONSOLE_CONTROL) != SERVED) return NO_ANSWER;
  if (!hear(c, 0, VIRTIO_CONSOLE_CONSOLE_PORT)) return NO_ANSWER;
  return honest_request(d, &c->transmit);
}

static enum answer ignored_if_talking(struct console *c) {
  check(!needs_reset(c->device), "DEVICE_NEEDS_RESET");
  enum answer answer = conversation(c);
  return answer == SERVED ? IGNORED : answer;
}

/* DEVICE_READY cut short to `length` bytes, or followed by more. */
static enum answer message_cut_short(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  enum answer answer = tell(&c, 0, VIRTIO_CONSOLE_DEVICE_READY, 1, length);
  return answer == SERVED ? ignored_if_talking(&c) : answer;
}

static enum answer message_with_more(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  make_room(&c);
  if (tell(&c, 0, VIRTIO_CONSOLE_DEVICE_READY, 1, length) != SERVED) return NO_ANSWER;
  return hear(&c, 0, VIRTIO_CONSOLE_DEVICE_ADD) ? SERVED : NO_ANSWER;
}

/* A control message in a buffer that the device can only write. */
static enum answer message_writable(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  describe(c.control_transmit.desc, 0, c.message, length, VIRTQ_DESC_F_WRITE, 0);
  send_chain(d, &c.control_transmit, 0);
  enum answer answer = wait_for_used(d, &c.control_transmit, 1);
  return answer == SERVED ? ignored_if_talking(&c) : answer;
}

/* A message split to single bytes says the same. */
static enum answer message_in_bytes(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  make_room(&c);
  struct virtio_console_control message = {0, VIRTIO_CONSOLE_DEVICE_READY, 1};
  store(c.message, &message, sizeof message);
  for (uint16_t i = 0; i < CONSOLE_CONTROL; i++)
    describe(c.control_transmit.desc, i, c.message + i, 1,
             i + 1 < CONSOLE_CONTROL ? VIRTQ_DESC_F_NEXT : 0, i + 1);
  send_chain(d, &c.control_transmit, 0);
  return hear(&c, 0, VIRTIO_CONSOLE_DEVICE_ADD) ? SERVED : NO_ANSWER;
}

/* A message before DEVICE_READY; `event_and_value` is event << 16 | value. */
static enum answer message_too_early(struct device *d, uint32_t id, uint32_t event_and_value) {
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  enum answer answer = tell(&c, id, (uint16_t)(event_and_value >> 16), (uint16_t)event_and_value,
                            CONSOLE_CONTROL);
  return answer == SERVED ? ignored_if_talking(&c) : answer;
}

/* A message after the conversation has begun, which goes on afterwards: port 0 transmits. */
static enum answer message_out_of_place(struct device *d, uint32_t id, uint32_t event_and_value) {
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  if (conversation(&c) != SERVED) return NO_ANSWER;
  enum answer answer = tell(&c, id, (uint16_t)(event_and_value >> 16), (uint16_t)event_and_value,
                            CONSOLE_CONTROL);
  return answer == SERVED ? ignored_if_serving(d, &c.transmit) : answer;
}

/* The same message `times` times while the device has no room to answer. */
static enum answer flood(struct device *d, uint32_t times, uint32_t event_and_value) {
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  struct virtio_console_control message = {0, (uint16_t)(event_and_value >> 16),
                                           (uint16_t)event_and_value};
  store(c.message, &message, sizeof message);
  describe(c.control_transmit.desc, 0, c.message, CONSOLE_CONTROL, 0, 0);
  while (times > 0) {
    for (int i = 0; i < USUAL_SIZE; i++) push_head(&c.control_transmit, 0);
    publish_available(&c.control_transmit);
    notify(d, CONSOLE_CONTROL_TRANSMIT);
    enum answer answer = wait_for_used(d, &c.control_transmit, USUAL_SIZE);
    if (answer != SERVED) return answer;
    times -= times < USUAL_SIZE ? times : USUAL_SIZE;
  }
  /* What was flooded with may have been sound: only that the device lives is asked here. */
  check(!needs_reset(d), "DEVICE_NEEDS_RESET");
  return ignored_if_serving(d, &c.transmit);
}

/* A second DEVICE_READY: ports must not be added again, so the next message is of PORT_READY. */
static enum answer ready_twice(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  if (tell(&c, 0, VIRTIO_CONSOLE_DEVICE_READY, 1, CONSOLE_CONTROL) != SERVED) return NO_ANSWER;
  return ignored_if_talking(&c);
}

/*
 * Room for messages of the device that is `length` bytes long, or that it can only read: what
 * does not fit is lost, and the buffer comes back empty.
 */
static enum answer small_room(struct device *d, uint32_t length, uint32_t flags) {
  struct console c;
  if (!console_up(d, &c)) return NO_ANSWER;
  struct queue *q = &c.control_receive;
  describe(q->desc, 0, allocate(MESSAGE_ROOM), length, (uint16_t)flags, 0);
  send_chain(d, q, 0);
  if (tell(&c, 0, VIRTIO_CONSOLE_DEVICE_READY, 1, CONSOLE_CONTROL) != SERVED) return NO_ANSWER;
  enum answer answer = wait_for_used(d, q, 1);
  if (answer != SERVED) return answer;
  check(used_element(q, 0).len == 0, "part of a message was written");
  return ignored_if_serving(d, &c.transmit);
}

/* What is to be transmitted can only be written. */
static enum answer transmit_writable(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  describe(q.desc, 0, allocate(64), length, VIRTQ_DESC_F_WRITE, 0);
  send_chain(d, &q, 0);
  enum answer answer = wait_for_used(d, &q, 1);
  check(used_element(&q, 0).len == 0, "a transmit buffer was written");
  return answer == SERVED ? ignored_if_serving(d, &q) : answer;
}

/* `length` bytes at once, more than the host holds when nobody reads. */
static enum answer transmit_much(struct device *d, uint32_t length, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  physical text = allocate(length);
  store_zeroes(text, length);
  describe(q.desc, 0, text, length, 0, 0);
  send_chain(d, &q, 0);
  return wait_for_used(d, &q, 1);
}

/* Bytes of a port that the driver never said it had opened, or knows of. */
static enum answer transmit_unopened(struct device *d, uint32_t queue, uint32_t b) {
  (void)b;
  struct queue q;
  uint32_t features = usual_features(d) | VIRTIO_CONSOLE_F_MULTIPORT;
  if (!check(negotiate(d, features, d->offered_high), "sound features are refused"))
    return NO_ANSWER;
  set_up_queue(d, &q, (uint16_t)queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  return honest_request(d, &q);
}

/* The control queues are used without MULTIPORT. */
static enum answer control_not_negotiated(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q, control;
  if (!bring_up(d, &q)) return NO_ANSWER;
  set_up_queue(d, &control, CONSOLE_CONTROL_TRANSMIT, USUAL_SIZE);
  physical message = allocate(CONSOLE_CONTROL);
  store_zeroes(message, CONSOLE_CONTROL);
  describe(control.desc, 0, message, CONSOLE_CONTROL, 0, 0);
  send_chain(d, &control, 0);
  enum answer answer = ignored_if_serving(d, &q);
  check(used_index(&control) == 0, "a control message is heard");
  return answer;
}

/* Emergency writes of `width` bytes at emerg_wr plus `offset`, in no state at all. */
static enum answer emergency_write(struct device *d, uint32_t offset, uint32_t width) {
  if (!reset(d)) return NO_ANSWER;
  config_write(d, CONSOLE_EMERG_WR + offset, width, '.');
  enum answer answer = ignored_if_coming_up(d);
  return answer == IGNORED && offset == 0 ? SERVED : answer;
}

static enum answer emergency_flood(struct device *d, uint32_t times, uint32_t b) {
  (void)b;
  if (!reset(d)) return NO_ANSWER;
  while (times--) config_write(d, CONSOLE_EMERG_WR, 1, '!');
  enum answer answer = ignored_if_coming_up(d);
  return answer == IGNORED ? SERVED : answer;
}

/* clang-format off */
#define EVENT(name, value) ((uint32_t)VIRTIO_CONSOLE_##name << 16 | (value))

static const struct violation console_violations[] = {
  {"a control message of 0 bytes", "control-short", CONSOLE, IGNORED, message_cut_short, 0, 0},
  {"a control message of 1 byte", "control-short", CONSOLE, IGNORED, message_cut_short, 1, 0},
  {"a control message of 4 bytes", "control-short", CONSOLE, IGNORED, message_cut_short, 4, 0},
  {"a control message of 6 bytes", "control-short", CONSOLE, IGNORED, message_cut_short, 6, 0},
  {"a control message of 7 bytes", "control-short", CONSOLE, IGNORED, message_cut_short, 7, 0},
  {"a control message that can only be written", "control-short", CONSOLE, IGNORED, message_writable, CONSOLE_CONTROL, 0},
  {"a control message with one byte more", "control-framing", CONSOLE, SERVED, message_with_more, 9, 0},
  {"a control message with 56 bytes more", "control-framing", CONSOLE, SERVED, message_with_more, 64, 0},
  {"a control message split to single bytes", "control-framing", CONSOLE, SERVED, message_in_bytes, 0, 0},
  {"PORT_READY of the port after the last", "port-missing", CONSOLE, IGNORED, message_out_of_place, 2, EVENT(PORT_READY, 1)},
  {"PORT_READY of port 65536", "port-missing", CONSOLE, IGNORED, message_out_of_place, 65536, EVENT(PORT_READY, 1)},
  {"PORT_READY of port 2^32 - 1", "port-missing", CONSOLE, IGNORED, message_out_of_place, 0xffffffff, EVENT(PORT_READY, 1)},
  {"PORT_OPEN of the port after the last", "port-missing", CONSOLE, IGNORED, message_out_of_place, 2, EVENT(PORT_OPEN, 1)},
  {"PORT_OPEN of port 2^31", "port-missing", CONSOLE, IGNORED, message_out_of_place, 0x80000000, EVENT(PORT_OPEN, 1)},
  {"PORT_READY before DEVICE_READY", "control-early", CONSOLE, IGNORED, message_too_early, 0, EVENT(PORT_READY, 1)},
  {"PORT_OPEN before DEVICE_READY", "control-early", CONSOLE, IGNORED, message_too_early, 0, EVENT(PORT_OPEN, 1)},
  {"PORT_READY of a missing port before DEVICE_READY", "control-early", CONSOLE, IGNORED, message_too_early, 77, EVENT(PORT_READY, 1)},
  {"DEVICE_READY with a failure", "control-value", CONSOLE, IGNORED, message_too_early, 0, EVENT(DEVICE_READY, 0)},
  {"DEVICE_READY with a value of 2", "control-value", CONSOLE, IGNORED, message_too_early, 0, EVENT(DEVICE_READY, 2)},
  {"PORT_READY with a failure", "control-value", CONSOLE, IGNORED, message_out_of_place, 1, EVENT(PORT_READY, 0)},
  {"PORT_READY with a value of 65535", "control-value", CONSOLE, IGNORED, message_out_of_place, 1, EVENT(PORT_READY, 0xffff)},
  {"DEVICE_ADD sent by the driver", "control-event", CONSOLE, IGNORED, message_out_of_place, 0, EVENT(DEVICE_ADD, 1)},
  {"DEVICE_REMOVE sent by the driver", "control-event", CONSOLE, IGNORED, message_out_of_place, 0, EVENT(DEVICE_REMOVE, 1)},
  {"CONSOLE_PORT sent by the driver", "control-event", CONSOLE, IGNORED, message_out_of_place, 1, EVENT(CONSOLE_PORT, 1)},
  {"PORT_NAME sent by the driver", "control-event", CONSOLE, IGNORED, message_out_of_place, 1, EVENT(PORT_NAME, 1)},
  {"RESIZE sent by the driver", "control-event", CONSOLE, IGNORED, message_out_of_place, 0, EVENT(RESIZE, 0)},
  {"event 8", "control-event", CONSOLE, IGNORED, message_out_of_place, 0, 8u << 16 | 1},
  {"event 65535", "control-event", CONSOLE, IGNORED, message_out_of_place, 0, 0xffffu << 16 | 0xffff},
  {"DEVICE_READY twice", "control-again", CONSOLE, IGNORED, ready_twice, 0, 0},
  {"PORT_READY twice", "control-again", CONSOLE, IGNORED, message_out_of_place, 0, EVENT(PORT_READY, 1)},
  {"a flood of RESIZE", "control-flood", CONSOLE, IGNORED, flood, 2000, EVENT(RESIZE, 0)},
  {"a flood of DEVICE_READY and no room for answers", "control-flood", CONSOLE, IGNORED, flood, 2000, EVENT(DEVICE_READY, 1)},
  {"a flood of PORT_READY and no room for answers", "control-flood", CONSOLE, IGNORED, flood, 2000, EVENT(PORT_READY, 1)},
  {"a flood of PORT_OPEN", "control-flood", CONSOLE, IGNORED, flood, 2000, EVENT(PORT_OPEN, 1)},
  {"room for messages of 0 bytes", "control-room", CONSOLE, IGNORED, small_room, 0, VIRTQ_DESC_F_WRITE},
  {"room for messages of 1 byte", "control-room", CONSOLE, IGNORED, small_room, 1, VIRTQ_DESC_F_WRITE},
  {"room for messages of 7 bytes", "control-room", CONSOLE, IGNORED, small_room, 7, VIRTQ_DESC_F_WRITE},
  {"room for messages that can only be read", "control-room", CONSOLE, IGNORED, small_room, 64, 0},
  {"the control queue without MULTIPORT", "control-not-negotiated", CONSOLE, IGNORED, control_not_negotiated, 0, 0},
  {"a transmit buffer that can only be written", "transmit-nothing", CONSOLE, IGNORED, transmit_writable, 64, 0},
  {"an empty transmit buffer that can only be written", "transmit-nothing", CONSOLE, IGNORED, transmit_writable, 0, 0},
  {"300000 bytes at once", "transmit-much", CONSOLE, SERVED, transmit_much, 300000, 0},
  {"bytes of a port before the conversation", "transmit-unopened", CONSOLE, SERVED, transmit_unopened, CONSOLE_TRANSMIT, 0},
  {"bytes of a port that was never opened", "transmit-unopened", CONSOLE, SERVED, transmit_unopened, 5, 0},
  {"an emergency write of 8 bits in no state", "emergency-write", CONSOLE, SERVED, emergency_write, 0, 1},
  {"an emergency write of 16 bits in no state", "emergency-write", CONSOLE, SERVED, emergency_write, 0, 2},
  {"an emergency write of 32 bits in no state", "emergency-write", CONSOLE, SERVED, emergency_write, 0, 4},
  {"an emergency write one byte off", "emergency-write-odd", CONSOLE, IGNORED, emergency_write, 1, 1},
  {"an emergency write two bytes off", "emergency-write-odd", CONSOLE, IGNORED, emergency_write, 2, 2},
  {"a thousand emergency writes", "emergency-write", CONSOLE, SERVED, emergency_flood, 1000, 0},
};
/* clang-format on */

#endif
