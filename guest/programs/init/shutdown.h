/* The end: processes, file systems, machine. Takes milliseconds unless a process is stubborn. */
#ifndef INIT_SHUTDOWN_H
#define INIT_SHUTDOWN_H

#include "mounts.h"
#include "process.h"
#include "terminals.h"

enum {
  REBOOT_RESTART = 0x01234567,
  REBOOT_HALT = (int)0xcdef0123,
  REBOOT_POWER_OFF = 0x4321fedc,
};

/* The signals that init waits for instead of being interrupted by them, as a kernel's mask. */
static const uint64_t awaited_signals =
    1ull << (SIGINT - 1) | 1ull << (SIGUSR1 - 1) | 1ull << (SIGUSR2 - 1) |
    1ull << (SIGTERM - 1) | 1ull << (SIGCHLD - 1);

/* How long processes have to end by themselves before they are killed, in milliseconds. */
enum { FAREWELL_TIME = 300 };

/* Reaps until no child is left (every process comes to be init's child) or time is over. */
static int all_ended_within(int milliseconds) {
  for (int elapsed = 0;; elapsed++) {
    int child;
    while ((child = waitpid(-1, 0, WNOHANG)) > 0) continue;
    if (child < 0) return 1; /* ECHILD */
    if (elapsed >= milliseconds) return 0;
    sleep_microseconds(1000);
  }
}

__attribute__((noreturn)) static void shut_down(uint32_t how) {
  hang_up_shells(); /* they ignore SIGTERM */
  kill(-1, SIGTERM);
  kill(-1, SIGCONT);
  if (!all_ended_within(FAREWELL_TIME)) {
    kill(-1, SIGKILL);
    all_ended_within(FAREWELL_TIME);
  }
  release_mounts();
  CALL4(88 /* reboot */, 0xfee1dead, 672274793, how, 0);
  for (;;) sleep_microseconds(1000000);
}

/* Whether the signal is one by which `poweroff`, `halt` and `reboot` say what they want. */
static int asks_for_shutdown(int signal) {
  return signal == SIGUSR2 || signal == SIGUSR1 || signal == SIGTERM || signal == SIGINT;
}

/* Shuts down if the signal asks for it. */
static void obey(int signal) {
  if (!asks_for_shutdown(signal)) return;
  shut_down(signal == SIGUSR2   ? REBOOT_POWER_OFF
            : signal == SIGUSR1 ? REBOOT_HALT
                                : REBOOT_RESTART);
}

#endif
