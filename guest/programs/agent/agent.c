/*
 * The agent: runs shell commands for the host, one after the other, for as long as the guest runs.
 * It talks over the virtio-serial port "ringbox.agent", or over the descriptor whose number is its
 * argument, in frames: three little-endian words of 32 bits (type, id, length), then `length` bytes.
 *
 *   from the host                            to the host
 *   HELLO  id: any number; GREETING          READY   the same: from here on frames count
 *   START  text for `sh -c`, ended by a NUL  OUTPUT  bytes of its standard output
 *   INPUT  bytes of its standard input       ERRORS  bytes of its standard error
 *   END    its input has ended               TAKEN   word: bytes of INPUT that it has taken
 *   KILL   kill it and all it has started    STATUS  word: its exit status; it has ended
 *   CLOCK  the time: two words of seconds since 1970, and one of nanoseconds
 *   SEED   16 random bytes for the kernel
 *
 * All but HELLO and READY have the id of START, which the host chooses. Of a command's input at most
 * INPUT_MOST bytes may be on their way that were not TAKEN: so there is always room for the frame
 * behind them, which may be KILL.
 *
 * Either side may have been started anew, with bytes of an earlier life still in the port: everything
 * before a HELLO is passed over, as the host passes over what comes before READY. A HELLO later on
 * kills the command that runs: nobody waits for it any more.
 */
#include "ports.h"
#include "process.h"

enum { HELLO = 1, START, INPUT, END, KILL, CLOCK, SEED };
enum { READY = 65, OUTPUT, ERRORS, TAKEN, STATUS };
enum { HEADER = 12, COMMAND_MOST = 64 * 1024, INPUT_MOST = 32 * 1024 };
/* Payload of OUTPUT and ERRORS at most; with its header it goes into one buffer of the port. */
enum { PIECE_MOST = 32 * 1024 - HEADER };
/* What is still read of a command's output when it has ended: as much as its two pipes hold. */
enum { LAST_MOST = 2 * 64 * 1024 };
enum { EAGAIN = 11, SIGPIPE = 13 };

static const char GREETING[] = "ringbox.agent 1"; /* 16 bytes, the NUL included */

struct header { uint32_t type, id, length; };

static int port;

/* --- From the host --------------------------------------------------------------------------- */

static char received[HEADER + COMMAND_MOST];
static size_t received_start, received_end;
static int greeted;

static size_t received_length(void) { return received_end - received_start; }

static struct header received_header(void) {
  struct header header;
  memcpy(&header, received + received_start, HEADER);
  return header;
}

static void drop_received(size_t length) { received_start += length; }

/* Answers whether any came. */
static int receive(void) {
  if (received_start > 0) {
    memmove(received, received + received_start, received_length());
    received_end -= received_start, received_start = 0;
  }
  if (received_end == sizeof received) return 0;
  ssize got = read(port, received + received_end, sizeof received - received_end);
  if (got > 0) received_end += (size_t)got;
  return got > 0;
}

static int is_greeting(void) {
  struct header header = received_header();
  return header.type == HELLO && header.length == sizeof GREETING &&
         memcmp(received + received_start + HEADER, GREETING, sizeof GREETING) == 0;
}

/* Passes over what is no greeting. Answers whether there is one, at the start then. */
static int find_greeting(void) {
  for (; received_length() >= HEADER + sizeof GREETING; drop_received(1))
    if (is_greeting()) return 1;
  return 0;
}

/* --- To the host ----------------------------------------------------------------------------- */

static char sent[HEADER + PIECE_MOST];
static size_t sent_start, sent_end;

static int is_sending(void) { return sent_start < sent_end; }

/* The frame whose `length` bytes of payload lie in `sent` already. */
static void send(uint32_t type, uint32_t id, size_t length) {
  struct header header = {type, id, length};
  memcpy(sent, &header, HEADER);
  sent_start = 0, sent_end = HEADER + length;
}

static void send_word(uint32_t type, uint32_t id, uint32_t word) {
  memcpy(sent + HEADER, &word, sizeof word);
  send(type, id, sizeof word);
}

/* Answers whether any went. */
static int go_on_sending(void) {
  if (!is_sending()) return 0;
  ssize written = write(port, sent + sent_start, sent_end - sent_start);
  if (written > 0) sent_start += (size_t)written;
  return written > 0;
}

/* --- The command ----------------------------------------------------------------------------- */

static struct {
  struct shell shell; /* descriptors that are closed are -1 */
  uint32_t id;
  int runs;           /* from START until STATUS */
  int ended, status;
  size_t last;        /* bytes of its output that are still read, once it has ended */
  char input[INPUT_MOST];
  size_t input_start, input_end, taken;
  int input_ends;
} command;

static int signals, owes_ready;
static uint32_t greeting_id;

static void shut(int *file) {
  if (*file >= 0) close(*file);
  *file = -1;
}

static void start(uint32_t id, char *text) {
  command.shell = start_shell(text);
  command.id = id, command.runs = 1, command.ended = 0, command.last = LAST_MOST;
  command.input_start = command.input_end = command.taken = 0, command.input_ends = 0;
}

static void kill_command(void) {
  if (!command.runs || command.ended) return;
  kill(-command.shell.process, SIGKILL); /* its session; not there yet if it has just been forked */
  kill(command.shell.process, SIGKILL);
}

static void reap(void) {
  char record[128]; /* signalfd_siginfo */
  int child, word;
  while (read(signals, record, sizeof record) > 0) continue;
  while ((child = waitpid(-1, &word, WNOHANG)) > 0)
    if (child == command.shell.process) command.ended = 1, command.status = exit_status_of(word);
}

/* Nobody reads it, or it has all been written. */
static void end_input(void) {
  command.taken += command.input_end - command.input_start;
  command.input_start = command.input_end = 0;
  shut(&command.shell.input);
}

/* Answers whether any went. */
static int feed_command(void) {
  if (!command.runs || command.shell.input < 0) return 0;
  size_t length = command.input_end - command.input_start;
  if (length == 0) {
    if (command.input_ends) end_input();
    return 0;
  }
  ssize written = write(command.shell.input, command.input + command.input_start, length);
  if (written == -EAGAIN) return 0;
  if (written < 0) return end_input(), 1; /* EPIPE */
  command.input_start += (size_t)written, command.taken += (size_t)written;
  if (command.input_start == command.input_end) command.input_start = command.input_end = 0;
  return 1;
}

static void take_input(const char *data, size_t length) {
  if (command.shell.input < 0) { /* whoever reads no more has taken it, for the host */
    command.taken += length;
    return;
  }
  size_t waiting = command.input_end - command.input_start;
  memmove(command.input, command.input + command.input_start, waiting);
  memcpy(command.input + waiting, data, length);
  command.input_start = 0, command.input_end = waiting + length;
}

/* Sends a piece of what the command has written to `file`, if there is any. */
static int send_piece(uint32_t type, int *file) {
  if (*file < 0 || (command.ended && command.last == 0)) return 0;
  size_t most = command.ended && command.last < PIECE_MOST ? command.last : PIECE_MOST;
  ssize got = read(*file, sent + HEADER, most);
  if (got == -EAGAIN) return 0;
  if (got <= 0) return shut(file), 0;
  if (command.ended) command.last -= (size_t)got;
  send(type, command.id, (size_t)got);
  return 1;
}

static void send_status(void) {
  shut(&command.shell.input), shut(&command.shell.output), shut(&command.shell.errors);
  command.runs = 0;
  send_word(STATUS, command.id, (uint32_t)command.status);
}

/* Makes the next frame, if there is anything to tell and room for it. */
static int send_next(void) {
  if (is_sending()) return 0;
  if (owes_ready) {
    owes_ready = 0;
    memcpy(sent + HEADER, GREETING, sizeof GREETING);
    return send(READY, greeting_id, sizeof GREETING), 1;
  }
  if (!command.runs) return 0;
  if (command.taken > 0) {
    send_word(TAKEN, command.id, command.taken);
    return command.taken = 0, 1;
  }
  if (send_piece(OUTPUT, &command.shell.output)) return 1;
  if (send_piece(ERRORS, &command.shell.errors)) return 1;
  return command.ended ? send_status(), 1 : 0;
}

/* --- A machine that goes on from a snapshot -------------------------------------------------- */

enum { SEED_SIZE = 16 };

static void set_clock(const char *payload) {
  struct { int64_t seconds, nanoseconds; } time = {0, 0};
  memcpy(&time.seconds, payload, 8);
  memcpy(&time.nanoseconds, payload + 8, 4);
  CALL2(404 /* clock_settime64 */, 0 /* CLOCK_REALTIME */, &time);
}

/* From here on the kernel gives other random numbers than another machine from the same snapshot. */
static void stir_in(const char *bytes) {
  struct { int bits, size; char bytes[SEED_SIZE]; } seed = {8 * SEED_SIZE, SEED_SIZE, {0}};
  memcpy(seed.bytes, bytes, SEED_SIZE);
  int random = open("/dev/urandom", O_RDWR | O_CLOEXEC, 0);
  ioctl(random, 0x40085203 /* RNDADDENTROPY */, &seed);
  ioctl(random, 0x5207 /* RNDRESEEDCRNG */, 0);
  close(random);
}

/* --- Frames ---------------------------------------------------------------------------------- */

static void greet(uint32_t id) {
  kill_command();
  greeted = owes_ready = 1, greeting_id = id;
}

/* Answers 0 for a frame that has to wait. */
static int obey(struct header header, char *payload) {
  int is_its = command.runs && header.id == command.id;
  if (header.type == START) {
    if (command.runs) return 0;
    payload[header.length - 1] = 0;
    start(header.id, payload);
  } else if (header.type == HELLO) {
    greet(header.id);
  } else if (header.type == INPUT && is_its) {
    take_input(payload, header.length);
  } else if (header.type == END && is_its) {
    command.input_ends = 1;
  } else if (header.type == KILL && is_its) {
    kill_command();
  } else if (header.type == CLOCK && header.length == 12) {
    set_clock(payload);
  } else if (header.type == SEED && header.length == SEED_SIZE) {
    stir_in(payload);
  }
  return 1;
}

/* Whether there is room for the frame; one for which there never is comes from no host of ours. */
static int is_sound(struct header header) {
  if (header.type == START) return header.length > 0 && header.length <= COMMAND_MOST;
  if (header.type != INPUT) return header.length <= sizeof GREETING;
  return header.length + command.input_end - command.input_start <= INPUT_MOST;
}

/* Answers whether any frame was taken. */
static int take_frames(void) {
  int taken = 0;
  for (;; taken = 1) {
    if (!greeted && !find_greeting()) return taken;
    if (received_length() < HEADER) return taken;
    struct header header = received_header();
    if (!is_sound(header)) {
      greeted = 0;
      continue;
    }
    if (received_length() < HEADER + header.length) return taken;
    if (!obey(header, received + received_start + HEADER)) return taken;
    drop_received(HEADER + header.length);
  }
}

/* Waits until there is something to do. */
static void wait(void) {
  int has_input = command.input_start < command.input_end;
  int reads = command.runs && !is_sending();
  int16_t for_port = (received_length() < sizeof received ? POLLIN : 0) | (is_sending() ? POLLOUT : 0);
  struct poll_entry entries[] = {
      {port, for_port, 0},
      {signals, POLLIN, 0},
      {command.runs && has_input ? command.shell.input : -1, POLLOUT, 0},
      {reads ? command.shell.output : -1, POLLIN, 0},
      {reads ? command.shell.errors : -1, POLLIN, 0},
  };
  poll(entries, 5, -1);
  /* A port whose host has gone is always ready. */
  if (entries[0].result & (POLLHUP | POLLERR)) sleep_microseconds(10000);
}

static int number_of(const char *text) {
  int number = 0;
  while (*text >= '0' && *text <= '9') number = 10 * number + *text++ - '0';
  return number;
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  port = argc > 1 ? number_of(argv[1]) : wait_for_port("ringbox.agent");
  if (port < 0) return 1;
  set_non_blocking(port);
  if (argc == 1) wait_until_open(port);
  /* A command that does not read its input is no reason to end. */
  set_signal_mask(1ull << (SIGCHLD - 1) | 1ull << (SIGPIPE - 1));
  uint64_t awaited = 1ull << (SIGCHLD - 1);
  signals = CALL4(327 /* signalfd4 */, -1, &awaited, 8, O_NONBLOCK | O_CLOEXEC);
  for (;;) {
    reap();
    int busy = go_on_sending() | send_next() | feed_command();
    busy |= receive() | take_frames();
    if (!busy) wait();
  }
}
