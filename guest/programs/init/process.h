/* Starting programs and learning of their end. */
#ifndef INIT_PROCESS_H
#define INIT_PROCESS_H

#include "files.h"

enum {
  SIGHUP = 1, SIGINT = 2, SIGKILL = 9, SIGUSR1 = 10, SIGUSR2 = 12, SIGTERM = 15, SIGCHLD = 17,
  SIGCONT = 18,
};
enum { WNOHANG = 1 };
enum { SIG_BLOCK = 0, SIG_SETMASK = 2 };

/* The environment of every shell: what a login gives, so that both modes are alike. */
static char *const shell_environment[] = {
    "HOME=/root",
    "USER=root",
    "LOGNAME=root",
    "SHELL=/bin/sh",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TERM=xterm-256color",
    "LANG=C.UTF-8",
    "PWD=/root",
    NULL,
};

/* The signals that init waits for instead of being interrupted by them, as a kernel's mask. */
static const uint64_t awaited_signals =
    1ull << (SIGINT - 1) | 1ull << (SIGUSR1 - 1) | 1ull << (SIGUSR2 - 1) |
    1ull << (SIGTERM - 1) | 1ull << (SIGCHLD - 1);

static void set_signal_mask(uint64_t mask) {
  CALL4(175 /* rt_sigprocmask */, SIG_SETMASK, &mask, 0, sizeof mask);
}

/* The exit status as a shell says it, from wait(2)'s word: 128 + signal for a killed process. */
static int exit_status_of(int word) { return word & 0x7f ? 128 + (word & 0x7f) : word >> 8 & 0xff; }

/*
 * In a child: become the leader of a session whose controlling terminal is descriptor 0, if that
 * is one, go home, and become the program. Returns only by leaving.
 */
__attribute__((noreturn)) static void become(const char *path, char *const *arguments) {
  set_signal_mask(0);
  CALL0(66 /* setsid */);
  ioctl(0, 0x540e /* TIOCSCTTY */, 0);
  if (CALL1(12 /* chdir */, "/root") < 0) CALL1(12, "/");
  execve(path, arguments, shell_environment);
  print(2, "init: cannot start ");
  print(2, path);
  print(2, "\n");
  exit_now(127);
}

#endif
