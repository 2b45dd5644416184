/* Starting programs and learning of their end. */
#ifndef PROCESS_H
#define PROCESS_H

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

/* A shell command that runs, and our ends of its standard streams, in non-blocking mode. */
struct shell { int process, input, output, errors; };

static inline void set_signal_mask(uint64_t mask) {
  CALL4(175 /* rt_sigprocmask */, SIG_SETMASK, &mask, 0, sizeof mask);
}

/* The exit status as a shell says it, from wait(2)'s word: 128 + signal for a killed process. */
static inline int exit_status_of(int word) { return word & 0x7f ? 128 + (word & 0x7f) : word >> 8 & 0xff; }

/*
 * In a child: become the leader of a session whose controlling terminal is descriptor 0, if that
 * is one, go home, and become the program. Returns only by leaving.
 */
__attribute__((noreturn)) static inline void become(const char *path, char *const *arguments) {
  set_signal_mask(0);
  CALL0(66 /* setsid */);
  ioctl(0, 0x540e /* TIOCSCTTY */, 0);
  if (CALL1(12 /* chdir */, "/root") < 0) CALL1(12, "/");
  execve(path, arguments, shell_environment);
  print(2, "cannot start ");
  print(2, path);
  print(2, "\n");
  exit_now(127);
}

static inline void make_pipe(int ends[2]) { CALL2(331 /* pipe2 */, ends, O_CLOEXEC); }

static inline void set_non_blocking(int file) { CALL3(221 /* fcntl64 */, file, 4 /* F_SETFL */, O_NONBLOCK); }

/* Starts `sh -c text` in a session of its own. */
static inline struct shell start_shell(char *text) {
  char *const arguments[] = {"sh", "-c", text, NULL};
  int to_input[2], from_output[2], from_errors[2];
  make_pipe(to_input), make_pipe(from_output), make_pipe(from_errors);
  int process = fork();
  if (process == 0) {
    CALL2(63 /* dup2 */, to_input[0], 0);
    CALL2(63, from_output[1], 1);
    CALL2(63, from_errors[1], 2);
    become("/bin/sh", arguments);
  }
  close(to_input[0]), close(from_output[1]), close(from_errors[1]);
  struct shell shell = {process, to_input[1], from_output[0], from_errors[0]};
  set_non_blocking(shell.input), set_non_blocking(shell.output), set_non_blocking(shell.errors);
  return shell;
}

#endif
