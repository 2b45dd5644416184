/*
 * A virtio function driven by hand: its registers, its queues, and the wait for its answer. What
 * is here is honest; the mistakes are made in violations-*.h, with these as their tools.
 */
#ifndef HOSTILE_DEVICE_H
#define HOSTILE_DEVICE_H

#include "arena.h"
#include "pci.h"
#include "virtio.h"

enum kind { BLOCK, READ_ONLY_BLOCK, CONSOLE, RNG, DEVICE_KINDS, EVERY_DEVICE };

struct device {
  enum kind kind;
  const char *name;
  unsigned slot;
  uint16_t base; /* of BAR 0, in I/O space */
  uint8_t capability[VIRTIO_PCI_CAP_TYPES]; /* in the configuration space, 0 if there is none */
  uint32_t structure[VIRTIO_PCI_CAP_TYPES]; /* offsets in BAR 0 */
  uint32_t structure_length[VIRTIO_PCI_CAP_TYPES];
  uint32_t offered_low, offered_high;
  uint16_t queues;     /* num_queues */
  uint16_t main_queue; /* where an honest request goes */
  char kernel_name[16]; /* what the kernel calls the PCI function */
  char node[16];        /* the special file that the kernel's driver serves */
};

/* A queue as its driver knows it. */
struct queue {
  uint16_t index, size;
  physical desc, driver, device; /* descriptor table, available ring, used ring */
  uint16_t available;            /* free-running: chains made available */
  uint16_t used;                 /* free-running: chains that came back and were looked at */
};

/* How a device has answered. */
enum answer { SERVED, IGNORED, IOERR, UNSUPP, NEEDS_RESET, NO_ANSWER, ANSWERS };
static const char *const answer_names[ANSWERS] = {
    "served", "ignored", "IOERR", "UNSUPP", "DEVICE_NEEDS_RESET", "no answer",
};

/* No answer may take longer, in nanoseconds. */
static const uint64_t DEADLINE = 5000000000;

/* --- Findings ------------------------------------------------------------------------------ */

/* What the violation that is running has found wrong first, or null. */
static const char *finding;

/* Notes `wrong` unless `holds` is true or something was wrong before. Answers `holds`. */
static int check(int holds, const char *wrong) {
  if (!holds && finding == 0) finding = wrong;
  return holds;
}

/* --- Registers ----------------------------------------------------------------------------- */

static uint32_t register_read(struct device *d, int type, unsigned offset, unsigned width) {
  return port_read((uint16_t)(d->base + d->structure[type] + offset), width);
}

static void register_write(struct device *d, int type, unsigned offset, unsigned width,
                           uint32_t value) {
  port_write((uint16_t)(d->base + d->structure[type] + offset), width, value);
}

static uint32_t common_read(struct device *d, unsigned offset, unsigned width) {
  return register_read(d, VIRTIO_PCI_CAP_COMMON_CFG, offset, width);
}

static void common_write(struct device *d, unsigned offset, unsigned width, uint32_t value) {
  register_write(d, VIRTIO_PCI_CAP_COMMON_CFG, offset, width, value);
}

static uint32_t config_read(struct device *d, unsigned offset, unsigned width) {
  return register_read(d, VIRTIO_PCI_CAP_DEVICE_CFG, offset, width);
}

static void config_write(struct device *d, unsigned offset, unsigned width, uint32_t value) {
  register_write(d, VIRTIO_PCI_CAP_DEVICE_CFG, offset, width, value);
}

static uint8_t status_of(struct device *d) { return (uint8_t)common_read(d, DEVICE_STATUS, 1); }

static void add_status(struct device *d, uint8_t bits) {
  common_write(d, DEVICE_STATUS, 1, status_of(d) | bits);
}

static int needs_reset(struct device *d) { return (status_of(d) & DEVICE_NEEDS_RESET) != 0; }

static uint8_t isr_of(struct device *d) {
  return (uint8_t)register_read(d, VIRTIO_PCI_CAP_ISR_CFG, 0, 1);
}

static void notify(struct device *d, uint16_t queue) {
  register_write(d, VIRTIO_PCI_CAP_NOTIFY_CFG, 0, 2, queue);
}

/* --- Waiting --------------------------------------------------------------------------------- */

struct deadline { uint64_t end; unsigned looks; };

static struct deadline deadline_from_now(void) {
  return (struct deadline){monotonic_time() + DEADLINE, 0};
}

/* Looks at the clock now and then: a system call costs more than a look at a register. */
static int deadline_over(struct deadline *deadline) {
  return (++deadline->looks & 63) == 0 && monotonic_time() > deadline->end;
}

/* --- Life of a device ------------------------------------------------------------------------ */

/* Resets the device. Answers whether it said in time that it has let go of everything. */
static int reset(struct device *d) {
  struct deadline deadline = deadline_from_now();
  common_write(d, DEVICE_STATUS, 1, 0);
  while (status_of(d) != 0)
    if (deadline_over(&deadline)) return check(0, "a reset does not end");
  return 1;
}

static uint32_t offered_features(struct device *d, uint32_t word) {
  common_write(d, DEVICE_FEATURE_SELECT, 4, word);
  return common_read(d, DEVICE_FEATURE, 4);
}

static void accept_features(struct device *d, uint32_t word, uint32_t features) {
  common_write(d, DRIVER_FEATURE_SELECT, 4, word);
  common_write(d, DRIVER_FEATURE, 4, features);
}

/* Offers the device these features. Answers whether it took them. */
static int negotiate(struct device *d, uint32_t low, uint32_t high) {
  if (!reset(d)) return 0;
  add_status(d, ACKNOWLEDGE);
  add_status(d, DRIVER);
  accept_features(d, 0, low);
  accept_features(d, 1, high);
  add_status(d, FEATURES_OK);
  return (status_of(d) & FEATURES_OK) != 0;
}

/* What our honest driver takes: it polls, it uses one queue, and port 0 of the console. */
static uint32_t usual_features(struct device *d) {
  uint32_t unused = VIRTIO_F_EVENT_IDX;
  if (d->kind == CONSOLE) unused |= VIRTIO_CONSOLE_F_MULTIPORT;
  return d->offered_low & ~unused;
}

static int negotiate_usually(struct device *d) {
  return check(negotiate(d, usual_features(d), d->offered_high), "sound features are refused");
}

/* --- Queues ---------------------------------------------------------------------------------- */

/* Allocates the parts of queue `index`. They can be moved before they are registered. */
static void make_queue(struct queue *q, uint16_t index, uint16_t size) {
  memset(q, 0, sizeof *q);
  q->index = index;
  q->size = size;
  q->desc = allocate(virtq_desc_length(size));
  q->driver = allocate(virtq_avail_length(size));
  q->device = allocate(virtq_used_length(size));
}

/* Clears the parts and gives the used ring to the device. */
static void clear_queue(struct queue *q) {
  store_zeroes(q->desc, virtq_desc_length(q->size));
  store_zeroes(q->driver, virtq_avail_length(q->size));
  store_zeroes(q->device, virtq_used_length(q->size));
  give(q->device, virtq_used_length(q->size));
}

static void write_address(struct device *d, unsigned offset, uint32_t low, uint32_t high) {
  common_write(d, offset, 4, low);
  common_write(d, offset + 4, 4, high);
}

static void register_queue(struct device *d, const struct queue *q) {
  common_write(d, QUEUE_SELECT, 2, q->index);
  common_write(d, QUEUE_SIZE, 2, q->size);
  write_address(d, QUEUE_DESC, q->desc, 0);
  write_address(d, QUEUE_DRIVER, q->driver, 0);
  write_address(d, QUEUE_DEVICE, q->device, 0);
}

static void enable_queue(struct device *d, const struct queue *q) {
  common_write(d, QUEUE_SELECT, 2, q->index);
  common_write(d, QUEUE_ENABLE, 2, 1);
}

/* Makes, registers and enables queue `index`. */
static void set_up_queue(struct device *d, struct queue *q, uint16_t index, uint16_t size) {
  make_queue(q, index, size);
  clear_queue(q);
  register_queue(d, q);
  enable_queue(d, q);
}

enum { USUAL_SIZE = 8 };

/* From reset to DRIVER_OK, with the main queue. Answers whether the device went along. */
static int bring_up(struct device *d, struct queue *q) {
  if (!negotiate_usually(d)) return 0;
  set_up_queue(d, q, d->main_queue, USUAL_SIZE);
  add_status(d, DRIVER_OK);
  return check((status_of(d) & DRIVER_OK) != 0, "DRIVER_OK does not stay");
}

static physical descriptor_at(physical table, unsigned index) {
  return table + VIRTQ_DESC_SIZE * index;
}

static void describe(physical table, unsigned index, uint64_t address, uint32_t length,
                     uint16_t flags, uint16_t next) {
  struct virtq_desc descriptor = {address, length, flags, next};
  store(descriptor_at(table, index), &descriptor, sizeof descriptor);
}

/* Puts `head` into the available ring, without making it available. */
static void push_head(struct queue *q, uint16_t head) {
  store16(q->driver + RING_ELEMENTS + 2 * (q->available % q->size), head);
  q->available++;
}

static void publish_available(struct queue *q) { store16(q->driver + RING_IDX, q->available); }

/* Makes the chain at `head` available, and notifies. */
static void send_chain(struct device *d, struct queue *q, uint16_t head) {
  push_head(q, head);
  publish_available(q);
  notify(d, q->index);
}

static uint16_t used_index(const struct queue *q) { return load16(q->device + RING_IDX); }

struct used_element { uint32_t id, len; };

/* Element `index` (free-running) of the used ring. */
static struct used_element used_element(const struct queue *q, uint16_t index) {
  physical at = q->device + RING_ELEMENTS + VIRTQ_USED_ELEM_SIZE * (index % q->size);
  return (struct used_element){load32(at), load32(at + 4)};
}

/*
 * Waits until at least `count` more chains are back, or the device needs a reset, or the time is
 * over. SERVED means that they are back, whatever is in them.
 */
static enum answer wait_for_used(struct device *d, struct queue *q, uint16_t count) {
  struct deadline deadline = deadline_from_now();
  uint16_t wanted = q->used + count;
  for (;;) {
    int failed = needs_reset(d);
    if ((uint16_t)(used_index(q) - wanted) < 0x8000) {
      q->used = wanted;
      return SERVED;
    }
    if (failed) return NEEDS_RESET;
    if (deadline_over(&deadline)) return NO_ANSWER;
  }
}

/*
 * Waits for the device to give up, and checks that it does so as it must: it tells the driver by
 * an interrupt for a configuration change, and serves nothing more, whatever is notified.
 */
static enum answer wait_for_failure(struct device *d, struct queue *q) {
  struct deadline deadline = deadline_from_now();
  while (!needs_reset(d))
    if (deadline_over(&deadline)) return NO_ANSWER;
  uint8_t isr = 0;
  while (((isr |= isr_of(d)) & ISR_CONFIGURATION) == 0)
    if (deadline_over(&deadline)) {
      check(0, "no interrupt tells of DEVICE_NEEDS_RESET");
      break;
    }
  uint16_t before = used_index(q);
  for (int look = 0; look < 8; look++) notify(d, q->index);
  check(used_index(q) == before, "the device goes on after DEVICE_NEEDS_RESET");
  check(needs_reset(d), "DEVICE_NEEDS_RESET has gone away");
  return NEEDS_RESET;
}

/* --- The hand-over between the kernel's driver and ours ------------------------------------------ */

static void find_capabilities(struct device *d) {
  unsigned at = pci_read(d->slot, PCI_CAPABILITIES, 1);
  for (; at != 0; at = pci_read(d->slot, at + CAP_NEXT, 1)) {
    unsigned type = pci_read(d->slot, at + CAP_CFG_TYPE, 1);
    if (pci_read(d->slot, at, 1) != PCI_CAP_ID_VNDR || type >= VIRTIO_PCI_CAP_TYPES) continue;
    d->capability[type] = (uint8_t)at;
    d->structure[type] = pci_read(d->slot, at + CAP_OFFSET, 4);
    d->structure_length[type] = pci_read(d->slot, at + CAP_LENGTH, 4);
  }
}

/*
 * Without the kernel's driver nobody answers our interrupts, and the line is shared with the disk
 * that the root file system is on: the function must not pull it.
 */
static void take_over(struct device *d) {
  uint16_t command = PCI_COMMAND_IO | PCI_COMMAND_BUS_MASTER | PCI_COMMAND_INTERRUPT_DISABLE;
  pci_write(d->slot, PCI_COMMAND, 2, command);
}

static void hand_back(struct device *d) {
  pci_write(d->slot, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_BUS_MASTER);
}

/* What has to be known of the device once; the kernel's driver must not be bound. */
static void learn(struct device *d) {
  take_over(d);
  d->base = (uint16_t)(pci_read(d->slot, PCI_BASE_ADDRESS_0, 4) & ~3u);
  find_capabilities(d);
  reset(d);
  d->offered_low = offered_features(d, 0);
  d->offered_high = offered_features(d, 1);
  d->queues = (uint16_t)common_read(d, NUM_QUEUES, 2);
  d->main_queue = d->kind == CONSOLE ? CONSOLE_TRANSMIT : 0;
}

#endif
