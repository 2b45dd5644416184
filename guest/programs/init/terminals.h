/* Login-free root shells on the consoles, started again whenever they end. */
#ifndef INIT_TERMINALS_H
#define INIT_TERMINALS_H

#include "process.h"

struct terminal {
  char device[40];
  int process;      /* of its shell; 0 when none runs */
  uint64_t started; /* nanoseconds of the monotonic clock */
};

enum { TERMINALS_MOST = 4, NO_TERMINAL = 125 };
/* Between two tries to open a terminal, in microseconds; reached after some 16 seconds. */
enum { LONGEST_PAUSE = 1000000 };

/* A shell that lives shorter, in nanoseconds, has not been used. */
static const uint64_t SHORTEST_LIFE = 100000000;

static struct terminal terminals[TERMINALS_MOST];
static int terminal_count;

/* Notes the device of a console= word, "ttyS0,115200" for instance, unless it is noted already. */
static void add_terminal(const char *name) {
  struct terminal *added = &terminals[terminal_count];
  added->device[0] = 0;
  append_text(added->device, sizeof added->device, "/dev/");
  append_text(added->device, sizeof added->device, name);
  for (char *c = added->device; *c; c++)
    if (*c == ',') *c = 0;
  for (int i = 0; i < terminal_count; i++)
    if (text_equal(terminals[i].device, added->device)) return;
  terminal_count++;
}

/* Notes a terminal for every console= of the kernel's command line, or the console if none. */
static void find_terminals(char *command_line) {
  char *word;
  while ((word = next_word(&command_line)) && terminal_count < TERMINALS_MOST)
    if (text_starts_with(word, "console=")) add_terminal(word + text_length("console="));
  if (terminal_count == 0) add_terminal("console");
}

static void show_file(const char *path) {
  char text[2048];
  ssize length = read_file(path, text, sizeof text);
  if (length > 0) write_all(1, text, (size_t)length);
}

/* A serial line cannot tell how large the terminal at its other end is: assume the usual. */
static void ensure_size(int tty) {
  struct { uint16_t rows, columns, width, height; } size = {0, 0, 0, 0};
  ioctl(tty, 0x5413 /* TIOCGWINSZ */, &size);
  if (size.rows && size.columns) return;
  size.rows = 24, size.columns = 80;
  ioctl(tty, 0x5414 /* TIOCSWINSZ */, &size);
}

/*
 * A virtio console comes to life some time after the kernel has found it, perhaps after init:
 * tries again, ever more slowly. Answers < 0 for a terminal that does not come.
 */
static int open_terminal(const char *device) {
  uint32_t pause = 1000; /* microseconds; each is a sixteenth longer than the one before */
  for (;;) {
    int tty = open(device, O_RDWR, 0);
    if (tty >= 0 || pause >= LONGEST_PAUSE) return tty;
    sleep_microseconds(pause);
    pause += pause / 16;
  }
}

static void open_shell(struct terminal *terminal) {
  static char *const login_shell[] = {"-sh", NULL};
  terminal->started = monotonic_time();
  terminal->process = fork();
  if (terminal->process != 0) return;
  CALL0(66 /* setsid: before the terminal is opened, so that it can become the controlling one */);
  int tty = open_terminal(terminal->device);
  if (tty < 0) exit_now(NO_TERMINAL); /* e.g. console=tty0, which this kernel does not have */
  for (int descriptor = 0; descriptor < 3; descriptor++) CALL2(63 /* dup2 */, tty, descriptor);
  if (tty > 2) close(tty);
  ensure_size(0);
  show_file("/etc/motd");
  become("/bin/sh", login_shell);
}

static void open_shells(void) {
  for (int i = 0; i < terminal_count; i++) open_shell(&terminals[i]);
}

/* Starts the shell that has ended again: users leave with Ctrl-D. */
static void shell_ended(int process, int status) {
  for (int i = 0; i < terminal_count; i++) {
    struct terminal *terminal = &terminals[i];
    if (terminal->process != process) continue;
    terminal->process = 0;
    if (status == NO_TERMINAL) return;
    /* One that cannot start (somebody removed /bin/sh) must not keep the processor busy. */
    if (monotonic_time() - terminal->started < SHORTEST_LIFE) sleep_microseconds(1000000);
    open_shell(terminal);
  }
}

/* Before everything else ends: a shell that outlived `poweroff` would show one more prompt. */
static void hang_up_shells(void) {
  for (int i = 0; i < terminal_count; i++)
    if (terminals[i].process > 0) kill(terminals[i].process, SIGHUP);
}

#endif
