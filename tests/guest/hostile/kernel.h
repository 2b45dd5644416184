/*
 * The kernel's side: taking its driver off a PCI function, giving it back, and using the device
 * through it.
 */
#ifndef HOSTILE_KERNEL_H
#define HOSTILE_KERNEL_H

#include "device.h"
#include "pattern.h"

static int write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY, 0);
  if (file < 0) return file;
  ssize written = write(file, text, text_length(text));
  close(file);
  return written < 0 ? written : 0;
}

static void unbind(struct device *d) {
  check(write_file("/sys/bus/pci/drivers/virtio-pci/unbind", d->kernel_name) == 0,
        "the kernel's driver cannot be unbound");
}

static void bind(struct device *d) {
  check(write_file("/sys/bus/pci/drivers/virtio-pci/bind", d->kernel_name) == 0,
        "the kernel's driver cannot be bound");
}

/* Pages that O_DIRECT can read into. */
static uint8_t kernel_buffer[4096] __attribute__((aligned(4096)));

static int disk_serves(struct device *d) {
  int file = open(d->node, O_RDONLY | O_DIRECT, 0);
  if (file < 0) return 0;
  ssize length = pread(file, kernel_buffer, sizeof kernel_buffer, 8 * SECTOR);
  close(file);
  return length == sizeof kernel_buffer && pattern_holds(kernel_buffer, 8, sizeof kernel_buffer);
}

/*
 * Linux starts a thread with the first generator that is registered and stops it with the last. A
 * thread that is stopped before it has ever run does not say so to the next registration (6.1,
 * drivers/char/hw_random/core.c), and the kernel goes down with the one after that: so sleep once,
 * which lets everything run that can.
 */
static void let_kernel_threads_start(void) { sleep_microseconds(1000); }

static int rng_serves(struct device *d) {
  uint32_t words[16] = {0}, zeroes = 0;
  int file = open(d->node, O_RDONLY, 0);
  if (file < 0) return 0;
  ssize length = read(file, words, sizeof words);
  close(file);
  let_kernel_threads_start();
  for (unsigned i = 0; i < sizeof words / sizeof *words; i++) zeroes += words[i] == 0;
  return length == sizeof words && zeroes < 2;
}

/*
 * The console's port comes to life when driver and device have talked, some time after the driver
 * was bound: until then it cannot be opened.
 */
static int open_console(const char *node) {
  struct deadline deadline = deadline_from_now();
  for (;;) {
    int file = open(node, O_WRONLY | O_NOCTTY, 0);
    if (file >= 0 || deadline_over(&deadline)) return file;
    sleep_microseconds(100);
  }
}

/* The host counts these lines at the other end. */
static int console_serves(struct device *d) {
  static const char line[] = "served again\n";
  int file = open_console(d->node);
  if (file < 0) return 0;
  ssize length = write(file, line, sizeof line - 1);
  close(file);
  return length == sizeof line - 1;
}

/* Uses the device through the kernel's driver. */
static void check_that_it_serves_the_kernel(struct device *d) {
  int serves = d->kind == RNG ? rng_serves(d)
               : d->kind == CONSOLE ? console_serves(d)
                                    : disk_serves(d);
  check(serves, "it does not serve the kernel's driver any more");
}

#endif
