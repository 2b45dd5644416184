/* Mistakes with the registers of the transport (SPECIFICATION.md: Registers). */
#ifndef HOSTILE_VIOLATIONS_REGISTERS_H
#define HOSTILE_VIOLATIONS_REGISTERS_H

#include "violation.h"

/* --- Features -------------------------------------------------------------------------------- */

/* The driver takes these bits beside those of the device; FEATURES_OK must not stay. */
static enum answer features_never_offered(struct device *d, uint32_t low, uint32_t high) {
  low &= ~d->offered_low, high &= ~d->offered_high;
  check(low != 0 || high != 0, "the device offers these");
  int taken = negotiate(d, usual_features(d) | low, d->offered_high | high);
  return check(!taken, "FEATURES_OK stays") ? ignored_if_coming_up(d) : SERVED;
}

static enum answer features_in_unknown_word(struct device *d, uint32_t word, uint32_t features) {
  if (!reset(d)) return NO_ANSWER;
  check(offered_features(d, word) == 0, "features are offered in an unknown word");
  add_status(d, ACKNOWLEDGE | DRIVER);
  accept_features(d, 0, usual_features(d));
  accept_features(d, 1, d->offered_high);
  accept_features(d, word, features);
  add_status(d, FEATURES_OK);
  check((status_of(d) & FEATURES_OK) == 0, "FEATURES_OK stays");
  return ignored_if_coming_up(d);
}

static enum answer without_version_1(struct device *d, uint32_t low, uint32_t b) {
  (void)b;
  int taken = negotiate(d, low ? usual_features(d) : 0, 0);
  return check(!taken, "FEATURES_OK stays") ? ignored_if_coming_up(d) : SERVED;
}

/* Features are written after FEATURES_OK. */
static enum answer features_too_late(struct device *d, uint32_t word, uint32_t features) {
  if (!negotiate_usually(d)) return NO_ANSWER;
  common_write(d, DRIVER_FEATURE_SELECT, 4, word);
  uint32_t before = common_read(d, DRIVER_FEATURE, 4);
  common_write(d, DRIVER_FEATURE, 4, features);
  check(common_read(d, DRIVER_FEATURE, 4) == before, "features change after FEATURES_OK");
  struct queue q;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  return ignored_if_serving(d, &q);
}

/* --- Status ------------------------------------------------------------------------------------- */

/* DRIVER_OK with `status` alone: the device is not ready and must not look at a queue. */
static enum answer driver_ok_too_early(struct device *d, uint32_t status, uint32_t b) {
  (void)b;
  struct queue q;
  if (!reset(d)) return NO_ANSWER;
  add_status(d, (uint8_t)status);
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  add_status(d, DRIVER_OK);
  check((status_of(d) & DRIVER_OK) == 0, "DRIVER_OK stays without FEATURES_OK");
  send_chain(d, &q, 0);
  for (int look = 0; look < 100; look++) status_of(d);
  check(used_index(&q) == 0, "a chain is served before DRIVER_OK");
  return ignored_if_coming_up(d);
}

/* A chain is made available and notified before DRIVER_OK; it waits for that. */
static enum answer notified_too_early(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  send_chain(d, &q, 0);
  for (int look = 0; look < 100; look++) status_of(d);
  check(used_index(&q) == 0, "a chain is served before DRIVER_OK");
  add_status(d, DRIVER_OK);
  return finish_request(d, &q, &r, 0);
}

/* Status is written without bits that were set: only a reset clears them. */
static enum answer status_bits_cleared(struct device *d, uint32_t status, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint8_t before = status_of(d);
  common_write(d, DEVICE_STATUS, 1, status);
  check(status_of(d) == before, "status bits were cleared");
  return ignored_if_serving(d, &q);
}

/* Status bits that are not the driver's, or nobody's. */
static enum answer status_bits_unknown(struct device *d, uint32_t bits, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint8_t before = status_of(d);
  add_status(d, (uint8_t)bits);
  check(status_of(d) == before, "an unknown status bit was set");
  return ignored_if_serving(d, &q);
}

/* The driver says that it has given up, and goes on. */
static enum answer failed_and_going_on(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  add_status(d, FAILED);
  check((status_of(d) & FAILED) != 0, "FAILED does not stay");
  return ignored_if_serving(d, &q);
}

/* A write to status that is `width` bytes wide, which would be a reset if it counted. */
static enum answer wide_status(struct device *d, uint32_t width, uint32_t value) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint8_t before = status_of(d);
  common_write(d, DEVICE_STATUS, width, value);
  check(status_of(d) == before, "a wide write has changed status");
  return ignored_if_serving(d, &q);
}

/* Every status bit at once, from nothing. */
static enum answer all_status_bits_at_once(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  if (!reset(d)) return NO_ANSWER;
  common_write(d, DEVICE_STATUS, 1, 0xff);
  uint8_t refused = FEATURES_OK | DRIVER_OK | DEVICE_NEEDS_RESET;
  check((status_of(d) & refused) == 0, "a device without features is ready");
  return ignored_if_coming_up(d);
}

/* --- Notifications ----------------------------------------------------------------------------- */

/* Notifies `queue`, which is not the main queue, or does not exist, with `width` bytes. */
static enum answer notify_other(struct device *d, uint32_t queue, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  if (queue == 0) queue = d->queues;
  register_write(d, VIRTIO_PCI_CAP_NOTIFY_CFG, 0, width, queue);
  return ignored_if_serving(d, &q);
}

/* Notifies a queue that exists and is not enabled, and one whose enabling was never finished. */
static enum answer notify_disabled(struct device *d, uint32_t registered, uint32_t b) {
  (void)b;
  struct queue q;
  if (!negotiate_usually(d)) return NO_ANSWER;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  clear_queue(&q);
  if (registered) register_queue(d, &q);
  add_status(d, DRIVER_OK);
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  send_chain(d, &q, 0);
  for (int look = 0; look < 100; look++) status_of(d);
  check(used_index(&q) == 0, "a queue is served that is not enabled");
  check(!needs_reset(d), "DEVICE_NEEDS_RESET");
  return ignored_if_coming_up(d);
}

/* A notification at `offset` of its register, or of a width that none has. */
static enum answer notify_oddly(struct device *d, uint32_t offset, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  push_head(&q, 0);
  publish_available(&q);
  register_write(d, VIRTIO_PCI_CAP_NOTIFY_CFG, offset, width, q.index);
  for (int look = 0; look < 100; look++) status_of(d);
  check(used_index(&q) == 0, "an odd notification counts");
  notify(d, q.index);
  enum answer answer = finish_request(d, &q, &r, 0);
  return answer == SERVED ? IGNORED : answer;
}

/* `times` notifications without anything to be done. */
static enum answer notify_for_nothing(struct device *d, uint32_t times, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  while (times--) notify(d, q.index);
  return ignored_if_serving(d, &q);
}

static enum answer notify_with_data(struct device *d, uint32_t upper, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  push_head(&q, 0);
  publish_available(&q);
  register_write(d, VIRTIO_PCI_CAP_NOTIFY_CFG, 0, 4, upper << 16 | q.index);
  return finish_request(d, &q, &r, 0);
}

/* --- Registers that are not to be written, or not so ----------------------------------------------- */

/* A write of something else to what the driver must not write: nothing changes. */
static enum answer write_read_only(struct device *d, uint32_t offset, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint32_t before = common_read(d, offset, width);
  common_write(d, offset, width, ~before);
  check(common_read(d, offset, width) == before, "a read-only register was written");
  return ignored_if_serving(d, &q);
}

/* The same anywhere in BAR 0 outside of the structures. */
static enum answer write_between_structures(struct device *d, uint32_t offset, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  port_write((uint16_t)(d->base + offset), width, 0xffffffff);
  port_read((uint16_t)(d->base + offset), width);
  return ignored_if_serving(d, &q);
}

/* Part of an address register, or several at once: only whole words of 32 bits count. */
static enum answer write_part_of_address(struct device *d, uint32_t offset, uint32_t width) {
  if (!negotiate_usually(d)) return NO_ANSWER;
  struct queue q;
  make_queue(&q, d->main_queue, USUAL_SIZE);
  clear_queue(&q);
  register_queue(d, &q);
  common_write(d, offset, width, 0x5a5a5a5a);
  check(common_read(d, QUEUE_DESC, 4) == q.desc && common_read(d, QUEUE_DESC + 4, 4) == 0,
        "part of an address was written");
  enable_queue(d, &q);
  add_status(d, DRIVER_OK);
  return ignored_if_serving(d, &q);
}

/* A queue that does not exist is chosen, and all its registers written. */
static enum answer missing_queue_selected(struct device *d, uint32_t queue, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  common_write(d, QUEUE_SELECT, 2, queue ? queue : d->queues);
  check(common_read(d, QUEUE_SIZE, 2) == 0, "a missing queue has a size");
  common_write(d, QUEUE_SIZE, 2, USUAL_SIZE);
  write_address(d, QUEUE_DESC, q.desc, 0);
  write_address(d, QUEUE_DRIVER, q.driver, 0);
  write_address(d, QUEUE_DEVICE, q.device, 0);
  common_write(d, QUEUE_ENABLE, 2, 1);
  common_write(d, QUEUE_RESET, 2, 1);
  check(common_read(d, QUEUE_SIZE, 2) == 0 && common_read(d, QUEUE_ENABLE, 2) == 0,
        "a missing queue was made");
  return ignored_if_serving(d, &q);
}

static enum answer isr_written(struct device *d, uint32_t value, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  isr_of(d);
  register_write(d, VIRTIO_PCI_CAP_ISR_CFG, 0, width, value);
  check(isr_of(d) == 0, "the ISR status was written");
  return ignored_if_serving(d, &q);
}

/* Writes to the configuration space of a device, whose fields are all its own. */
static enum answer config_written(struct device *d, uint32_t offset, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint32_t before = config_read(d, offset, width);
  config_write(d, offset, width, ~before);
  check(config_read(d, offset, width) == before, "the device configuration was written");
  return ignored_if_serving(d, &q);
}

/* Something is written to the field of a disk that the driver may write 0 or 1 to. */
static enum answer writeback_written(struct device *d, uint32_t value, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  for (uint32_t choice = 0; choice <= 1; choice++) {
    config_write(d, BLK_WRITEBACK, 1, choice);
    check(config_read(d, BLK_WRITEBACK, 1) == choice, "the driver's choice does not stay");
    config_write(d, BLK_WRITEBACK, width, value);
    check(config_read(d, BLK_WRITEBACK, 1) == choice, "the driver's choice has changed");
  }
  return ignored_if_serving(d, &q);
}

static enum answer writeback_not_negotiated(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!negotiate(d, usual_features(d) & ~VIRTIO_BLK_F_CONFIG_WCE, d->offered_high))
    return NO_ANSWER;
  set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  uint32_t before = config_read(d, BLK_WRITEBACK, 1);
  for (uint32_t value = 0; value <= 1; value++) config_write(d, BLK_WRITEBACK, 1, value);
  check(config_read(d, BLK_WRITEBACK, 1) == before, "a field without its feature was written");
  return ignored_if_serving(d, &q);
}

/* Beyond the end of the configuration space. */
static enum answer config_beyond_end(struct device *d, uint32_t distance, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint32_t end = d->structure_length[VIRTIO_PCI_CAP_DEVICE_CFG] + distance;
  config_write(d, end, width, 0xffffffff);
  check(config_read(d, end, width) == 0, "there is something behind the configuration");
  return ignored_if_serving(d, &q);
}

/* --- The configuration access window (4.1.4.9) ------------------------------------------------------ */

static void aim_window(struct device *d, uint8_t bar, uint32_t offset, uint32_t length) {
  unsigned at = d->capability[VIRTIO_PCI_CAP_PCI_CFG];
  pci_write(d->slot, at + CAP_BAR, 1, bar);
  pci_write(d->slot, at + CAP_OFFSET, 4, offset);
  pci_write(d->slot, at + CAP_LENGTH, 4, length);
}

static unsigned window_data(struct device *d) {
  return d->capability[VIRTIO_PCI_CAP_PCI_CFG] + CAP_PCI_CFG_DATA;
}

/* Reads and writes through a window that is aimed at `offset` with `length`: nothing happens. */
static enum answer window_access(struct device *d, uint8_t bar, uint32_t offset, uint32_t length) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  aim_window(d, bar, offset, length);
  pci_write(d->slot, window_data(d), 4, 0); /* in the status register this would be a reset */
  pci_read(d->slot, window_data(d), 4);
  check((status_of(d) & DRIVER_OK) != 0, "the window has let a write through");
  return ignored_if_serving(d, &q);
}

static enum answer window_with_bad_bar(struct device *d, uint32_t bar, uint32_t b) {
  (void)b;
  uint32_t status = d->structure[VIRTIO_PCI_CAP_COMMON_CFG] + DEVICE_STATUS;
  return window_access(d, (uint8_t)bar, status, 1);
}

static enum answer window_with_bad_target(struct device *d, uint32_t offset, uint32_t length) {
  return window_access(d, 0, offset, length);
}

/* A status of nothing written through the window as it should be: a reset. */
static enum answer window_resets(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  aim_window(d, 0, d->structure[VIRTIO_PCI_CAP_COMMON_CFG] + DEVICE_STATUS, 1);
  pci_write(d->slot, window_data(d), 1, 0);
  struct deadline deadline = deadline_from_now();
  while (status_of(d) != 0)
    if (deadline_over(&deadline)) return NO_ANSWER;
  return bring_up(d, &q) ? honest_request(d, &q) : NO_ANSWER;
}

/* --- The function's own configuration space --------------------------------------------------------- */

static enum answer pci_register_written(struct device *d, uint32_t offset, uint32_t width) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint32_t before = pci_read(d->slot, offset, width);
  pci_write(d->slot, offset, width, ~before);
  check(pci_read(d->slot, offset, width) == before, "a read-only PCI register was written");
  return ignored_if_serving(d, &q);
}

/* Every byte of every capability that describes a structure. */
static enum answer capabilities_written(struct device *d, uint32_t value, uint32_t b) {
  (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  unsigned end = d->capability[VIRTIO_PCI_CAP_PCI_CFG];
  for (unsigned at = pci_read(d->slot, PCI_CAPABILITIES, 1); at < end; at += 4) {
    uint32_t before = pci_read(d->slot, at, 4);
    pci_write(d->slot, at, 4, value);
    check(pci_read(d->slot, at, 4) == before, "a capability was written");
  }
  return ignored_if_serving(d, &q);
}

/* The base address is taken away, or decoding, and comes back: between, nobody answers. */
static enum answer registers_out_of_reach(struct device *d, uint32_t offset, uint32_t value) {
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  uint32_t before = pci_read(d->slot, offset, 4);
  pci_write(d->slot, offset, 4, value);
  check(common_read(d, NUM_QUEUES, 2) == 0xffff, "registers answer that are not decoded");
  notify(d, q.index);
  common_write(d, DEVICE_STATUS, 1, 0);
  pci_write(d->slot, offset, 4, before);
  check((status_of(d) & DRIVER_OK) != 0, "a write has reached registers that are not decoded");
  return ignored_if_serving(d, &q);
}

/* --- Resets ------------------------------------------------------------------------------------------ */

static enum answer reset_again_and_again(struct device *d, uint32_t times, uint32_t b) {
  (void)b;
  for (uint32_t i = 0; i < times; i++)
    if (!reset(d)) return NO_ANSWER;
  struct queue q;
  return bring_up(d, &q) ? honest_request(d, &q) : NO_ANSWER;
}

/* Reset with `chains` in flight. What is left of them must not reach the rings afterwards. */
static enum answer reset_in_flight(struct device *d, uint32_t chains, uint32_t times) {
  for (uint32_t i = 0; i < times; i++) {
    struct queue q;
    arena_begin();
    if (!bring_up(d, &q)) return NO_ANSWER;
    struct request r = make_request(d);
    describe_request(d, &r, q.desc, 0);
    for (uint32_t chain = 0; chain < chains; chain++) push_head(&q, 0);
    publish_available(&q);
    notify(d, q.index);
    if (!reset(d)) return NO_ANSWER;
    /* From here on nothing is the device's any more. */
    uint16_t after = used_index(&q);
    for (int look = 0; look < 20; look++) isr_of(d);
    check(used_index(&q) == after, "a chain came back after the reset");
  }
  struct queue q;
  return bring_up(d, &q) ? honest_request(d, &q) : NO_ANSWER;
}

/* A reset in the middle of setting up, after step `step`. */
static enum answer reset_while_setting_up(struct device *d, uint32_t step, uint32_t b) {
  (void)b;
  struct queue q;
  if (!reset(d)) return NO_ANSWER;
  add_status(d, ACKNOWLEDGE);
  if (step > 0) accept_features(d, 0, 0xffffffff);
  if (step > 1) add_status(d, FEATURES_OK);
  if (step > 2) common_write(d, QUEUE_SELECT, 2, 1);
  if (step > 3) common_write(d, QUEUE_ENABLE, 2, 1);
  if (!reset(d)) return NO_ANSWER;
  check(common_read(d, QUEUE_SELECT, 2) == 0, "queue_select has outlived a reset");
  check(common_read(d, QUEUE_ENABLE, 2) == 0, "queue_enable has outlived a reset");
  check(common_read(d, DRIVER_FEATURE, 4) == 0, "driver_feature has outlived a reset");
  return bring_up(d, &q) ? honest_request(d, &q) : NO_ANSWER;
}

/* What follows a reset is set up without waiting for its end, as firmware does. */
static enum answer reset_not_awaited(struct device *d, uint32_t times, uint32_t b) {
  (void)b;
  struct queue q;
  const uint8_t ready = ACKNOWLEDGE | DRIVER | FEATURES_OK;
  enum answer answer = SERVED;
  for (uint32_t life = 0; life < times && answer == SERVED; life++) {
    if (!bring_up(d, &q)) return NO_ANSWER;
    common_write(d, DEVICE_STATUS, 1, 0);
    common_write(d, DEVICE_STATUS, 1, ACKNOWLEDGE | DRIVER);
    accept_features(d, 0, usual_features(d));
    accept_features(d, 1, d->offered_high);
    common_write(d, DEVICE_STATUS, 1, ready);
    set_up_queue(d, &q, d->main_queue, USUAL_SIZE);
    common_write(d, DEVICE_STATUS, 1, ready | DRIVER_OK);
    answer = honest_request(d, &q);
  }
  return answer;
}

/* The queue that was set up before a reset is notified after it. */
static enum answer notified_after_reset(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  struct queue q;
  if (!bring_up(d, &q)) return NO_ANSWER;
  struct request r = make_request(d);
  describe_request(d, &r, q.desc, 0);
  push_head(&q, 0);
  publish_available(&q);
  if (!reset(d)) return NO_ANSWER;
  uint16_t before = used_index(&q);
  for (int times = 0; times < 20; times++) notify(d, q.index);
  check(used_index(&q) == before, "a chain came back after the reset");
  return ignored_if_coming_up(d);
}

/* Every value from 0 to 255 is written to status, in turn. */
static enum answer every_status(struct device *d, uint32_t a, uint32_t b) {
  (void)a, (void)b;
  if (!reset(d)) return NO_ANSWER;
  for (uint32_t status = 255; status > 0; status--) common_write(d, DEVICE_STATUS, 1, status);
  return ignored_if_coming_up(d);
}

/* Every byte of BAR 0 is written, one by one, with `value`. */
static enum answer every_register(struct device *d, uint32_t value, uint32_t width) {
  if (!reset(d)) return NO_ANSWER;
  for (uint32_t offset = 0; offset < 0x200; offset += width)
    port_write((uint16_t)(d->base + offset), width, value);
  return ignored_if_coming_up(d);
}

/* clang-format off */
static const struct violation register_violations[] = {
  {"a legacy block feature that is not offered", "feature-not-offered", BLOCK, IGNORED, features_never_offered, 1u << 0, 0},
  {"SECURE_ERASE and ZONED", "feature-not-offered", BLOCK, IGNORED, features_never_offered, 1u << 16 | 1u << 17, 0},
  {"RO on a disk that can be written", "feature-not-offered", BLOCK, IGNORED, features_never_offered, 1u << 5, 0},
  {"DISCARD on a read-only disk", "feature-not-offered", READ_ONLY_BLOCK, IGNORED, features_never_offered, 1u << 13, 0},
  {"a console feature of nobody", "feature-not-offered", CONSOLE, IGNORED, features_never_offered, 1u << 3, 0},
  {"a feature of a device that has none", "feature-not-offered", RNG, IGNORED, features_never_offered, 1u << 0, 0},
  {"NOTIFY_ON_EMPTY, ANY_LAYOUT and BAD_FEATURE", "feature-not-offered", EVERY_DEVICE, IGNORED, features_never_offered, 1u << 24 | 1u << 27 | 1u << 30, 0},
  {"ACCESS_PLATFORM", "feature-not-offered", EVERY_DEVICE, IGNORED, features_never_offered, 0, 1u << 1},
  {"RING_PACKED", "feature-not-offered", EVERY_DEVICE, IGNORED, features_never_offered, 0, 1u << 2},
  {"IN_ORDER and ORDER_PLATFORM", "feature-not-offered", EVERY_DEVICE, IGNORED, features_never_offered, 0, 1u << 3 | 1u << 4},
  {"SR_IOV and NOTIFICATION_DATA", "feature-not-offered", EVERY_DEVICE, IGNORED, features_never_offered, 0, 1u << 5 | 1u << 6},
  {"all 64 features", "feature-not-offered", EVERY_DEVICE, IGNORED, features_never_offered, 0xffffffff, 0xffffffff},
  {"a feature in the third word", "feature-not-offered", BLOCK, IGNORED, features_in_unknown_word, 2, 1},
  {"features in word 2^32 - 1", "feature-not-offered", BLOCK, IGNORED, features_in_unknown_word, 0xffffffff, 0xffffffff},
  {"features without VERSION_1", "version-1-missing", EVERY_DEVICE, IGNORED, without_version_1, 1, 0},
  {"no features at all", "version-1-missing", EVERY_DEVICE, IGNORED, without_version_1, 0, 0},
  {"features taken back after FEATURES_OK", "feature-too-late", BLOCK, IGNORED, features_too_late, 0, 0},
  {"features added after FEATURES_OK", "feature-too-late", BLOCK, IGNORED, features_too_late, 0, 0xffffffff},
  {"VERSION_1 taken back after FEATURES_OK", "feature-too-late", BLOCK, IGNORED, features_too_late, 1, 0},
  {"an unknown word of features after FEATURES_OK", "feature-too-late", BLOCK, IGNORED, features_too_late, 7, 0xffffffff},
  {"DRIVER_OK without FEATURES_OK", "driver-ok-early", EVERY_DEVICE, IGNORED, driver_ok_too_early, ACKNOWLEDGE | DRIVER, 0},
  {"DRIVER_OK without anything", "driver-ok-early", EVERY_DEVICE, IGNORED, driver_ok_too_early, 0, 0},
  {"a notification before DRIVER_OK", "notify-early", EVERY_DEVICE, SERVED, notified_too_early, 0, 0},
  {"DRIVER_OK taken back", "status-bits-cleared", EVERY_DEVICE, IGNORED, status_bits_cleared, ACKNOWLEDGE | DRIVER | FEATURES_OK, 0},
  {"all of status taken back but ACKNOWLEDGE", "status-bits-cleared", BLOCK, IGNORED, status_bits_cleared, ACKNOWLEDGE, 0},
  {"status bits 4 and 5", "status-bits-unknown", BLOCK, IGNORED, status_bits_unknown, 16 | 32, 0},
  {"DEVICE_NEEDS_RESET written by the driver", "status-bits-unknown", EVERY_DEVICE, IGNORED, status_bits_unknown, DEVICE_NEEDS_RESET, 0},
  {"FAILED, and on it goes", "status-failed", EVERY_DEVICE, IGNORED, failed_and_going_on, 0, 0},
  {"all status bits at once", "driver-ok-early", EVERY_DEVICE, IGNORED, all_status_bits_at_once, 0, 0},
  {"every value of status in turn", "driver-ok-early", BLOCK, IGNORED, every_status, 0, 0},
  {"a status of 16 bits", "register-width", EVERY_DEVICE, IGNORED, wide_status, 2, 0},
  {"a status of 32 bits", "register-width", BLOCK, IGNORED, wide_status, 4, 0},
  {"a notification of the queue after the last", "notify-missing-queue", EVERY_DEVICE, IGNORED, notify_other, 0, 2},
  {"a notification of queue 1000", "notify-missing-queue", BLOCK, IGNORED, notify_other, 1000, 2},
  {"a notification of queue 65535", "notify-missing-queue", EVERY_DEVICE, IGNORED, notify_other, 65535, 2},
  {"a notification of queue 65535 with 32 bits", "notify-missing-queue", BLOCK, IGNORED, notify_other, 0xffffffff, 4},
  {"a notification of a queue without addresses", "notify-disabled-queue", EVERY_DEVICE, IGNORED, notify_disabled, 0, 0},
  {"a notification of a queue that is not enabled", "notify-disabled-queue", EVERY_DEVICE, IGNORED, notify_disabled, 1, 0},
  {"a notification of one byte", "notify-odd", EVERY_DEVICE, IGNORED, notify_oddly, 0, 1},
  {"a notification one byte off", "notify-odd", BLOCK, IGNORED, notify_oddly, 1, 2},
  {"a notification two bytes off", "notify-odd", EVERY_DEVICE, IGNORED, notify_oddly, 2, 2},
  {"a notification three bytes off", "notify-odd", BLOCK, IGNORED, notify_oddly, 3, 1},
  {"a notification for nothing", "notify-for-nothing", EVERY_DEVICE, IGNORED, notify_for_nothing, 1, 0},
  {"a thousand notifications for nothing", "notify-for-nothing", EVERY_DEVICE, IGNORED, notify_for_nothing, 1000, 0},
  {"a notification with data that was not negotiated", "notify-data", BLOCK, SERVED, notify_with_data, 0xffff, 0},
  {"device_feature written", "read-only-register", EVERY_DEVICE, IGNORED, write_read_only, DEVICE_FEATURE, 4},
  {"num_queues written", "read-only-register", EVERY_DEVICE, IGNORED, write_read_only, NUM_QUEUES, 2},
  {"config_generation written", "read-only-register", BLOCK, IGNORED, write_read_only, CONFIG_GENERATION, 1},
  {"queue_notify_off written", "read-only-register", BLOCK, IGNORED, write_read_only, QUEUE_NOTIFY_OFF, 2},
  {"queue_notif_config_data written", "read-only-register", BLOCK, IGNORED, write_read_only, QUEUE_NOTIF_CONFIG_DATA, 2},
  {"the administration queue's registers written", "read-only-register", BLOCK, IGNORED, write_read_only, 0x3c, 4},
  {"an MSI-X vector without MSI-X", "read-only-register", EVERY_DEVICE, IGNORED, write_read_only, QUEUE_MSIX_VECTOR, 2},
  {"a configuration vector without MSI-X", "read-only-register", BLOCK, IGNORED, write_read_only, CONFIG_MSIX_VECTOR, 2},
  {"ISR status written", "read-only-register", EVERY_DEVICE, IGNORED, isr_written, 3, 1},
  {"ISR status written with 32 bits", "read-only-register", BLOCK, IGNORED, isr_written, 0xffffffff, 4},
  {"the capacity of a disk written", "read-only-register", BLOCK, IGNORED, config_written, BLK_CAPACITY, 4},
  {"the capacity of a read-only disk written", "read-only-register", READ_ONLY_BLOCK, IGNORED, config_written, BLK_CAPACITY, 4},
  {"a byte of max_discard_seg written", "read-only-register", BLOCK, IGNORED, config_written, BLK_MAX_DISCARD_SEG + 1, 1},
  {"max_nr_ports of a console written", "read-only-register", CONSOLE, IGNORED, config_written, CONSOLE_MAX_NR_PORTS, 4},
  {"a disk's writeback as two bytes", "register-width", BLOCK, IGNORED, writeback_written, 0, 2},
  {"a disk's writeback as four bytes", "register-width", BLOCK, IGNORED, writeback_written, 0, 4},
  {"2 as a disk's writeback", "writeback-value", BLOCK, IGNORED, writeback_written, 2, 1},
  {"254 as a disk's writeback", "writeback-value", BLOCK, IGNORED, writeback_written, 254, 1},
  {"writeback without its feature", "writeback-unfounded", BLOCK, IGNORED, writeback_not_negotiated, 0, 0},
  {"a write between the structures", "unknown-register", EVERY_DEVICE, IGNORED, write_between_structures, 0x80, 4},
  {"a write behind the ISR status", "unknown-register", BLOCK, IGNORED, write_between_structures, 0x45, 1},
  {"a write at the end of BAR 0", "unknown-register", EVERY_DEVICE, IGNORED, write_between_structures, 0x1ff, 1},
  {"a write just behind a disk's configuration", "unknown-register", BLOCK, IGNORED, config_beyond_end, 0, 4},
  {"a write far behind a disk's configuration", "unknown-register", BLOCK, IGNORED, config_beyond_end, 64, 2},
  {"a write just behind a console's configuration", "unknown-register", CONSOLE, IGNORED, config_beyond_end, 0, 1},
  {"every register written with ones, bytes", "unknown-register", EVERY_DEVICE, IGNORED, every_register, 0xff, 1},
  {"every register written with ones, words", "unknown-register", EVERY_DEVICE, IGNORED, every_register, 0xffffffff, 4},
  {"one byte of an address", "register-width", BLOCK, IGNORED, write_part_of_address, QUEUE_DESC, 1},
  {"half of an address word", "register-width", EVERY_DEVICE, IGNORED, write_part_of_address, QUEUE_DESC, 2},
  {"an address word two bytes off", "register-width", BLOCK, IGNORED, write_part_of_address, QUEUE_DESC + 2, 4},
  {"the queue after the last selected", "missing-queue-selected", EVERY_DEVICE, IGNORED, missing_queue_selected, 0, 0},
  {"queue 65535 selected", "missing-queue-selected", EVERY_DEVICE, IGNORED, missing_queue_selected, 65535, 0},
  {"access window to BAR 1", "window", EVERY_DEVICE, IGNORED, window_with_bad_bar, 1, 0},
  {"access window to BAR 5", "window", BLOCK, IGNORED, window_with_bad_bar, 5, 0},
  {"access window to BAR 255", "window", BLOCK, IGNORED, window_with_bad_bar, 255, 0},
  {"access window behind the BAR", "window", EVERY_DEVICE, IGNORED, window_with_bad_target, 0x200, 4},
  {"access window across the end of the BAR", "window", BLOCK, IGNORED, window_with_bad_target, 0x1ff, 2},
  {"access window at the end of 32 bits", "window", BLOCK, IGNORED, window_with_bad_target, 0xfffffffc, 4},
  {"access window one byte off", "window", BLOCK, IGNORED, window_with_bad_target, 0x13, 4},
  {"access window of length 0", "window", EVERY_DEVICE, IGNORED, window_with_bad_target, DEVICE_STATUS, 0},
  {"access window of length 3", "window", BLOCK, IGNORED, window_with_bad_target, DEVICE_STATUS, 3},
  {"access window of length 8", "window", BLOCK, IGNORED, window_with_bad_target, DEVICE_FEATURE, 8},
  {"access window of length 2^32 - 1", "window", BLOCK, IGNORED, window_with_bad_target, DEVICE_STATUS, 0xffffffff},
  {"access window used for a reset", "reset", EVERY_DEVICE, SERVED, window_resets, 0, 0},
  {"the PCI vendor written", "pci-read-only", EVERY_DEVICE, IGNORED, pci_register_written, PCI_VENDOR_ID, 4},
  {"the PCI status written", "pci-read-only", BLOCK, IGNORED, pci_register_written, PCI_STATUS, 2},
  {"the PCI class written", "pci-read-only", BLOCK, IGNORED, pci_register_written, PCI_REVISION, 4},
  {"the PCI subsystem written", "pci-read-only", BLOCK, IGNORED, pci_register_written, PCI_SUBSYSTEM_ID, 2},
  {"the capability pointer written", "pci-read-only", BLOCK, IGNORED, pci_register_written, PCI_CAPABILITIES, 1},
  {"the interrupt pin written", "pci-read-only", BLOCK, IGNORED, pci_register_written, PCI_INTERRUPT_PIN, 1},
  {"a second base address register written", "pci-read-only", BLOCK, IGNORED, pci_register_written, PCI_BASE_ADDRESS_0 + 4, 4},
  {"capabilities written with ones", "pci-read-only", EVERY_DEVICE, IGNORED, capabilities_written, 0xffffffff, 0},
  {"capabilities written with zeros", "pci-read-only", BLOCK, IGNORED, capabilities_written, 0, 0},
  {"base address 0", "pci-out-of-reach", EVERY_DEVICE, IGNORED, registers_out_of_reach, PCI_BASE_ADDRESS_0, 0},
  {"base address of ones", "pci-out-of-reach", BLOCK, IGNORED, registers_out_of_reach, PCI_BASE_ADDRESS_0, 0xffffffff},
  {"I/O decoding off", "pci-out-of-reach", EVERY_DEVICE, IGNORED, registers_out_of_reach, PCI_COMMAND, PCI_COMMAND_INTERRUPT_DISABLE},
  {"a thousand resets", "reset", EVERY_DEVICE, SERVED, reset_again_and_again, 1000, 0},
  {"a reset with a chain in flight", "reset", EVERY_DEVICE, SERVED, reset_in_flight, 1, 20},
  {"a reset with a full queue in flight", "reset", EVERY_DEVICE, SERVED, reset_in_flight, USUAL_SIZE, 20},
  {"a reset after ACKNOWLEDGE", "reset", BLOCK, SERVED, reset_while_setting_up, 0, 0},
  {"a reset after unknown features", "reset", BLOCK, SERVED, reset_while_setting_up, 1, 0},
  {"a reset after features that were refused", "reset", BLOCK, SERVED, reset_while_setting_up, 2, 0},
  {"a reset after queue_select", "reset", EVERY_DEVICE, SERVED, reset_while_setting_up, 3, 0},
  {"a reset after queue_enable", "reset", EVERY_DEVICE, SERVED, reset_while_setting_up, 4, 0},
  {"a reset whose end is not waited for", "reset-not-awaited", EVERY_DEVICE, SERVED, reset_not_awaited, 10, 0},
  {"a queue of before a reset is notified", "notify-after-reset", EVERY_DEVICE, IGNORED, notified_after_reset, 0, 0},
};
/* clang-format on */

#endif
