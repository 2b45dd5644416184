/* virtio-serial ports: found by name, waited for. */
#ifndef PORTS_H
#define PORTS_H

#include "files.h"

enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32 };
enum { PORT_WAIT_MILLISECONDS = 10000 };

struct poll_entry { int file; int16_t events, result; };

/* Answers the number of entries with a result; milliseconds < 0 waits for ever. */
static inline int poll(struct poll_entry *entries, int count, int milliseconds) {
  return CALL3(168, entries, count, milliseconds);
}

struct directory_entry { uint64_t inode, next; uint16_t size; uint8_t type; char name[]; };

/* Opens /dev/<entry> when /sys/class/virtio-ports/<entry>/name is `name`; answers < 0 if not. */
static inline int open_port_if_named(const char *entry, const char *name) {
  char path[160] = "/sys/class/virtio-ports/", text[64], *rest = text;
  append_text(path, sizeof path, entry);
  append_text(path, sizeof path, "/name");
  if (read_file(path, text, sizeof text) < 0) return -1;
  char *found = next_word(&rest);
  if (!found || !text_equal(found, name)) return -1;
  path[0] = 0;
  append_text(path, sizeof path, "/dev/");
  append_text(path, sizeof path, entry);
  return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
}

static inline int find_port(const char *name) {
  static char entries[4096] __attribute__((aligned(8)));
  int folder = open("/sys/class/virtio-ports", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), port = -1;
  ssize size;
  while (port < 0 && (size = CALL3(220 /* getdents64 */, folder, entries, sizeof entries)) > 0) {
    for (ssize at = 0; at < size && port < 0;) {
      struct directory_entry *entry = (struct directory_entry *)(entries + at);
      port = open_port_if_named(entry->name, name);
      at += entry->size;
    }
  }
  close(folder);
  return port;
}

/* Ports are announced some time after their device: looks again every millisecond. */
static inline int wait_for_port(const char *name) {
  for (int elapsed = 0; elapsed < PORT_WAIT_MILLISECONDS; elapsed++) {
    int port = find_port(name);
    if (port >= 0) return port;
    sleep_microseconds(1000);
  }
  print(2, "no virtio-serial port is called ");
  print(2, name);
  print(2, "\n");
  return -1;
}

/* A port that the host has not opened yet reads as ended: waits until it has. */
static inline void wait_until_open(int port) {
  struct poll_entry entry = {port, POLLIN, 0};
  for (int elapsed = 0; elapsed < PORT_WAIT_MILLISECONDS; elapsed++) {
    entry.result = 0;
    poll(&entry, 1, 0);
    if (!(entry.result & POLLHUP) || entry.result & POLLIN) return;
    sleep_microseconds(1000);
  }
}

#endif
