/*
 * A hostile driver inside a real boot: for each violation it takes a virtio function away from
 * the kernel, makes one mistake with it by hand, looks at the answer and at all memory around,
 * gives the function back, and uses it through the kernel's driver.
 *
 *   hostile ARENA LEDGER
 *
 * ARENA is the address of the last 512 KiB of RAM, which the kernel must have been told to leave
 * alone: memmap=512K$ARENA. LEDGER is a file on the root disk that grows by a synced line with each
 * violation, so that the root file system works all the while. The machine has four disks: the
 * root disk, the one with this program, a scratch disk, and a read-only disk; the last two hold
 * the pattern of pattern.h.
 *
 * A line for each violation, "ok 17 block: loop" or "not ok 17 block: ...", and a summary go to
 * standard output. Files: pci.h, virtio.h and arena.h are what a driver stands on; device.h and
 * honest.h are a driver; kernel.h is the kernel's; violations-*.h are tables of mistakes.
 */
#include "ringbox.h"

#include "arena.h"
#include "device.h"
#include "honest.h"
#include "kernel.h"
#include "pci.h"
#include "violation.h"
#include "violations-block.h"
#include "violations-chains.h"
#include "violations-console.h"
#include "violations-queues.h"
#include "violations-registers.h"
#include "violations-rng.h"

/* A violation, with all that belongs to it, may take so long, in nanoseconds. */
static const uint64_t LONGEST_VIOLATION = 10000000000;

static struct device devices[DEVICE_KINDS] = {
    [BLOCK] = {.name = "block", .node = "/dev/vdc"},
    [READ_ONLY_BLOCK] = {.name = "read-only block", .node = "/dev/vdd"},
    [CONSOLE] = {.name = "console", .node = "/dev/hvc0"},
    [RNG] = {.name = "rng", .node = "/dev/hwrng"},
};

static int ledger;
static int violations, failures;

/* --- Finding the devices ---------------------------------------------------------------------- */

static void found(enum kind kind, unsigned slot) {
  static const char digits[] = "0123456789abcdef";
  struct device *d = &devices[kind];
  d->kind = kind;
  d->slot = slot;
  memcpy(d->kernel_name, "0000:00:00.0", sizeof "0000:00:00.0");
  d->kernel_name[8] = digits[slot >> 4];
  d->kernel_name[9] = digits[slot & 15];
}

/* The third and the fourth disk are ours. Answers whether all devices are there. */
static int find_devices(void) {
  unsigned disks = 0, count = 0;
  for (unsigned slot = 0; slot < PCI_SLOTS; slot++) {
    if (pci_read(slot, PCI_VENDOR_ID, 2) != VIRTIO_PCI_VENDOR) continue;
    uint32_t type = pci_read(slot, PCI_DEVICE_ID, 2) - VIRTIO_PCI_DEVICE_BASE;
    if (type == VIRTIO_ID_CONSOLE) found(CONSOLE, slot), count++;
    if (type == VIRTIO_ID_ENTROPY) found(RNG, slot), count++;
    if (type != VIRTIO_ID_BLOCK) continue;
    disks++;
    if (disks == 3) found(BLOCK, slot), count++;
    if (disks == 4) found(READ_ONLY_BLOCK, slot), count++;
  }
  return count == DEVICE_KINDS;
}

/* --- One violation --------------------------------------------------------------------------------- */

/*
 * The device serves an honest driver after a reset, by hand; and of all memory nothing has
 * changed, by then, that was not given to it.
 */
static void check_aftermath(struct device *d) {
  struct queue q;
  reset(d);
  check(bring_up(d, &q) && honest_request(d, &q) == SERVED, "it does not serve after a reset");
  reset(d);
  check(arena_intact(), "memory has changed that was not given to the device");
}

static enum answer commit(struct device *d, const struct violation *v) {
  uint64_t start = monotonic_time();
  finding = 0;
  unbind(d);
  take_over(d);
  arena_begin();
  enum answer answer = v->commit(d, v->a, v->b);
  take_over(d);
  check_aftermath(d);
  hand_back(d);
  bind(d);
  check_that_it_serves_the_kernel(d);
  check(monotonic_time() - start < LONGEST_VIOLATION, "it took too long");
  return answer;
}

/* --- Report ----------------------------------------------------------------------------------------- */

/* A line that is written at once, so that nothing of the kernel's comes between. */
static struct { char text[256]; size_t length; } line;

static void add(const char *text) {
  size_t room = sizeof line.text - line.length, length = text_length(text);
  if (length > room) length = room;
  memcpy(line.text + line.length, text, length);
  line.length += length;
}

static void add_number(int32_t number) {
  char text[12];
  text_from_number(text, number);
  add(text);
}

static void end_line(int file) {
  write_all(file, line.text, line.length);
  line.length = 0;
}

static void report(struct device *d, const struct violation *v, enum answer answer) {
  int sound = answer == v->expected && finding == 0;
  if (!sound) failures++;
  add(sound ? "ok " : "not ok ");
  add_number(++violations);
  add(" ");
  add(d->name);
  add(": ");
  add(v->name);
  add(": ");
  add(answer_names[answer]);
  if (answer != v->expected) add(", expected: "), add(answer_names[v->expected]);
  if (finding) add(", "), add(finding);
  add("\n");
  if (ledger >= 0) write_all(ledger, line.text, line.length), fsync(ledger);
  end_line(1);
}

/* --- All of them --------------------------------------------------------------------------------------- */

/* One device of each type commits what all can: a disk is a disk. */
static const enum kind representatives[] = {BLOCK, CONSOLE, RNG};

static void run(enum kind kind, const struct violation *v) {
  report(&devices[kind], v, commit(&devices[kind], v));
}

static void run_table(const struct violation *table, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct violation *v = &table[i];
    if (v->kind != EVERY_DEVICE) {
      run(v->kind, v);
      continue;
    }
    for (size_t j = 0; j < sizeof representatives / sizeof *representatives; j++)
      run(representatives[j], v);
  }
}

#define RUN_TABLE(table) run_table(table, sizeof table / sizeof *table)

static void learn_devices(void) {
  for (unsigned kind = 0; kind < DEVICE_KINDS; kind++) {
    unbind(&devices[kind]);
    learn(&devices[kind]);
    hand_back(&devices[kind]);
    bind(&devices[kind]);
    check_that_it_serves_the_kernel(&devices[kind]);
  }
}

static uint32_t number_of(const char *text) {
  uint32_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint32_t)(*text++ - '0');
  return value;
}

static int give_up(const char *reason) {
  print(1, "hostile: ");
  print(1, reason);
  print(1, "\n");
  return 2;
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  if (argc != 3) return give_up("usage: hostile ARENA LEDGER");
  if (CALL1(110 /* iopl */, 3) != 0) return give_up("no leave to use ports");
  if (arena_map(number_of(argv[1])) != 0) return give_up("the arena cannot be mapped");
  ledger = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (ledger < 0) return give_up("the ledger cannot be written");
  if (!find_devices()) return give_up("a device is missing");
  learn_devices();
  if (finding) return give_up(finding);
  uint64_t start = monotonic_time();
  RUN_TABLE(queue_violations);
  RUN_TABLE(chain_violations);
  RUN_TABLE(register_violations);
  RUN_TABLE(block_violations);
  RUN_TABLE(console_violations);
  RUN_TABLE(rng_violations);
  add_number(violations);
  add(" violations, ");
  add_number(failures);
  add(" failures, ");
  add_number((int32_t)((monotonic_time() - start) >> 20)); /* near enough */
  add(" ms\n");
  end_line(1);
  return failures != 0;
}
