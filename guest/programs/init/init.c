/*
 * The guest's first process. A freestanding program instead of a shell script under a general
 * init: the boot forks once, not dozens of times, and shutting down takes milliseconds.
 *
 * Its interface is that of other small inits: SIGUSR2 powers off, SIGTERM and SIGINT restart,
 * SIGUSR1 halts, which is what `poweroff`, `reboot` and `halt` of busybox send.
 */
#include "command.h"
#include "mounts.h"
#include "shutdown.h"
#include "terminals.h"

static void set_host_name(void) {
  char text[65], *rest = text;
  read_file("/etc/hostname", text, sizeof text);
  char *name = next_word(&rest);
  if (name) CALL2(74 /* sethostname */, name, text_length(name));
}

/* Names that programs expect in /dev, which the kernel leaves to others. */
static void link_descriptors(void) {
  static const char *const links[][2] = {
      {"/proc/self/fd", "/dev/fd"},
      {"/proc/self/fd/0", "/dev/stdin"},
      {"/proc/self/fd/1", "/dev/stdout"},
      {"/proc/self/fd/2", "/dev/stderr"},
  };
  for (size_t i = 0; i < sizeof links / sizeof *links; i++)
    CALL2(83 /* symlink */, links[i][0], links[i][1]);
}

/* An interface request of <net/if.h>: name and flags. */
struct interface_request { char name[16]; int16_t flags; char rest[14]; };

static void raise_loopback(void) {
  struct interface_request request = {"lo", 0, ""};
  int handle = CALL3(359 /* socket */, 2 /* AF_INET */, 2 /* SOCK_DGRAM */, 0);
  if (handle < 0) return;
  ioctl(handle, 0x8913 /* SIOCGIFFLAGS */, &request);
  request.flags |= 1; /* IFF_UP; the kernel gives lo its address by itself */
  ioctl(handle, 0x8914 /* SIOCSIFFLAGS */, &request);
  close(handle);
}

static int contains_word(char *text, const char *wanted) {
  char *word;
  while ((word = next_word(&text)))
    if (text_equal(word, wanted)) return 1;
  return 0;
}

/* Starts the program by which the host runs commands: ../agent/agent.c. */
static void start_agent(void) {
  static char *const arguments[] = {"ringbox-agent", NULL};
  if (fork() != 0) return;
  /* Not the console: that could become the agent's controlling terminal, and then not the shell's. */
  int nothing = open("/dev/null", O_RDWR, 0);
  CALL2(63 /* dup2 */, nothing, 0);
  if (nothing > 0) close(nothing);
  become("/sbin/ringbox-agent", arguments);
}

/* Reaps children and obeys signals, for ever. */
__attribute__((noreturn)) static void reign(void) {
  for (;;) {
    int child, word;
    while ((child = waitpid(-1, &word, WNOHANG)) > 0) shell_ended(child, exit_status_of(word));
    obey(CALL4(177 /* rt_sigtimedwait */, &awaited_signals, 0, 0, 8));
  }
}

/*
 * The kernel gives the console as descriptors 0 to 2, or nothing if that is not there yet. They
 * must be taken, or the next files opened would become somebody's standard streams.
 */
static void fill_standard_streams(void) {
  int file;
  do file = open("/dev/null", O_RDWR, 0); while (file >= 0 && file < 2);
  if (file > 2) close(file);
}

int main(int argc, char **argv, char **environment) {
  (void)argc, (void)argv, (void)environment;
  static char command_line[4096], words[4096];
  if (getpid() != 1) {
    print(2, "init: this is the system's first process; use poweroff, reboot or halt\n");
    return 1;
  }
  fill_standard_streams();
  set_signal_mask(awaited_signals);
  CALL3(88 /* reboot */, 0xfee1dead, 672274793, 0); /* Ctrl-Alt-Del becomes SIGINT */
  CALL1(60 /* umask */, 022);
  mount_all();
  link_descriptors();
  set_host_name();
  raise_loopback();
  read_file("/proc/cmdline", command_line, sizeof command_line);
  memcpy(words, command_line, sizeof words);
  if (contains_word(words, "ringbox.command")) {
    run_host_command();
    shut_down(REBOOT_POWER_OFF);
  }
  memcpy(words, command_line, sizeof words);
  int has_agent = contains_word(words, "ringbox.agent");
  find_terminals(command_line);
  open_shells();
  if (has_agent) start_agent();
  reign();
}
