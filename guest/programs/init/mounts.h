/* Mounting what /etc/fstab lists at the start, and letting go of it at the end. */
#ifndef INIT_MOUNTS_H
#define INIT_MOUNTS_H

#include "files.h"

enum { MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_REMOUNT = 32 };

/* Moves one option of fstab's fourth field into flags, or into the text for the file system. */
static void take_mount_option(const char *option, uint32_t *flags, char *data, size_t size) {
  static const struct { const char *name; uint32_t flag; } known[] = {
      {"ro", MS_RDONLY},     {"nosuid", MS_NOSUID}, {"nodev", MS_NODEV},
      {"noexec", MS_NOEXEC}, {"noatime", 1024},     {"rw", 0},
      {"defaults", 0},       {"auto", 0},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (!text_equal(option, known[i].name)) continue;
    *flags |= known[i].flag;
    return;
  }
  if (data[0]) append_text(data, size, ",");
  append_text(data, size, option);
}

/* Mounts what one line of fstab says; the root is mounted already, and "noauto" waits. */
static void mount_line(char *line) {
  char *rest = line, *device = next_word(&rest), *folder = next_word(&rest);
  char *type = next_word(&rest), *options = next_word(&rest);
  if (!options || device[0] == '#' || text_equal(folder, "/")) return;
  uint32_t flags = 0;
  char data[128] = "";
  for (char *option = options, *end = options; *option; option = end) {
    while (*end && *end != ',') end++;
    if (*end) *end++ = 0;
    if (text_equal(option, "noauto") || text_equal(type, "swap")) return;
    take_mount_option(option, &flags, data, sizeof data);
  }
  CALL2(39 /* mkdir */, folder, 0755); /* below /dev nothing exists yet */
  int error = CALL5(21 /* mount */, device, folder, type, flags, data);
  if (error >= 0 || error == -16 /* EBUSY: mounted already, as devtmpfs is by the kernel */) return;
  print(2, "init: cannot mount ");
  print(2, folder);
  print(2, ": error ");
  print_number(2, -error);
  print(2, "\n");
}

static void mount_all(void) {
  char table[4096], *rest = table, *line;
  read_file("/etc/fstab", table, sizeof table);
  while ((line = next_line(&rest))) mount_line(line);
}

/*
 * Writes everything back: unmounts disks that were mounted by hand, last mounted first, and turns
 * what is still in use, the root above all, read-only, so that its journal is empty.
 */
static void release_mounts(void) {
  static char table[16384];
  char *rest = table, *line, *folders[128];
  int count = 0;
  sync();
  read_file("/proc/mounts", table, sizeof table);
  while (count < 128 && (line = next_line(&rest))) {
    char *device = next_word(&line), *folder = next_word(&line);
    if (folder && text_starts_with(device, "/")) folders[count++] = folder;
  }
  while (count--) {
    if (CALL2(52 /* umount2 */, folders[count], 0) >= 0) continue;
    CALL5(21, "none", folders[count], 0, MS_REMOUNT | MS_RDONLY, 0);
  }
}

#endif
