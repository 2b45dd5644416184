/*
 * Command mode ("ringbox.command" on the kernel's command line): instead of shells on terminals,
 * one command whose text, input, output, errors and exit status travel over virtio-serial ports:
 *
 *   ringbox.command  in: the text for `sh -c`, ended by a NUL byte or by the host closing the port;
 *                    out: the exit status in decimal and a newline
 *   ringbox.stdin    in: the command's standard input, ended by the host closing the port
 *   ringbox.stdout   out: its standard output
 *   ringbox.stderr   out: its standard error
 *
 * The host opens the ports in this order, and the last two stay open: a port that is not open yet
 * looks like one that was closed, so init first waits until ringbox.stderr is open, and then knows
 * that ringbox.stdin has been.
 *
 * The command gets pipes, not the ports: a port can be opened only once, which would break
 * `echo text > /dev/stderr`.
 */
#ifndef INIT_COMMAND_H
#define INIT_COMMAND_H

#include "ports.h"
#include "process.h"
#include "shutdown.h"

enum { COMMAND_TEXT_MOST = 128 * 1024, PUMP_SIZE = 32 * 1024 };
/* Steps of both pumps; the 64 KiB that a pipe holds take a handful. */
enum { FLUSH_STEPS = 64 };

/* Reads the command's text up to a NUL or the end of the port; answers 0, or < 0 if too long. */
static int read_command(int port, char *text) {
  struct poll_entry entry = {port, POLLIN, 0};
  size_t length = 0;
  while (length < COMMAND_TEXT_MOST - 1) {
    ssize got = read(port, text + length, COMMAND_TEXT_MOST - 1 - length);
    if (got == -11 /* EAGAIN */) {
      poll(&entry, 1, -1);
      continue;
    }
    text[length + (got > 0 ? (size_t)got : 0)] = 0;
    if (got <= 0 || text_length(text) < length + (size_t)got) return 0;
    length += (size_t)got;
  }
  return -1;
}

/* --- Pumps --------------------------------------------------------------------------------- */

/* Carries bytes from one descriptor to another; both are in non-blocking mode. */
struct pump {
  int from, to; /* from < 0: the source has ended; to < 0: nobody takes the rest */
  size_t start, end;
  char data[PUMP_SIZE];
};

static void stop_pump(struct pump *pump, int close_target) {
  if (close_target && pump->to >= 0) close(pump->to), pump->to = -1;
  pump->from = -1;
  pump->start = pump->end = 0;
}

/* One step: writes what is there, or reads more. Answers whether it got anything done. */
static int run_pump(struct pump *pump, int close_at_end) {
  if (pump->to < 0) return 0;
  if (pump->start == pump->end) {
    if (pump->from < 0) return 0;
    ssize got = read(pump->from, pump->data, PUMP_SIZE);
    if (got == -11 /* EAGAIN */) return 0;
    if (got <= 0) return stop_pump(pump, close_at_end), 1;
    pump->start = 0, pump->end = (size_t)got;
    return 1;
  }
  ssize written = write(pump->to, pump->data + pump->start, pump->end - pump->start);
  if (written == -11 /* EAGAIN */) return 0;
  if (written < 0) return stop_pump(pump, 1), 1; /* EPIPE: the reader is gone */
  pump->start += (size_t)written;
  return 1;
}

/* What to wait for so that the pump can go on. */
static struct poll_entry pump_wish(const struct pump *pump) {
  if (pump->to < 0) return (struct poll_entry){-1, 0, 0};
  if (pump->start < pump->end) return (struct poll_entry){pump->to, POLLOUT, 0};
  return (struct poll_entry){pump->from, POLLIN, 0};
}

/* --- The command --------------------------------------------------------------------------- */

static struct pump input, output, errors;

/* Starts the command on three pipes and puts our ends of them into the pumps. */
static int start_command(char *text) {
  struct shell shell = start_shell(text);
  input.to = shell.input, output.from = shell.output, errors.from = shell.errors;
  return shell.process;
}

/* Reaps; answers whether `process` was among the ended, its status then being in *status. */
static int reap_until(int process, int *status) {
  int word, child, ended = 0;
  while ((child = waitpid(-1, &word, WNOHANG)) > 0)
    if (child == process) ended = 1, *status = exit_status_of(word);
  return ended;
}

/*
 * What stood in the pipes when the end was asked for still goes out. It does not wait for their
 * end: whoever writes into them may never stop.
 */
static void flush_output(void) {
  for (int steps = FLUSH_STEPS; steps > 0; steps--) {
    if (run_pump(&output, 0) | run_pump(&errors, 0)) continue;
    if (output.start == output.end && errors.start == errors.end) return;
    struct poll_entry entries[] = {pump_wish(&output), pump_wish(&errors)};
    poll(entries, 2, -1);
  }
}

/* Takes the signals that have come; does not return if one of them asks for the end. */
static void take_signals(int signals) {
  struct signal_record { uint32_t number; char rest[124]; } record; /* signalfd_siginfo */
  while (read(signals, &record, sizeof record) == sizeof record) {
    if (asks_for_shutdown((int)record.number)) flush_output();
    obey((int)record.number);
  }
}

/* Carries the three streams until the command has ended and its output is written. */
static int attend_command(int process) {
  int status = 0, ended = 0;
  int signals = CALL4(327 /* signalfd4 */, -1, &awaited_signals, 8, O_NONBLOCK | O_CLOEXEC);
  for (;;) {
    take_signals(signals);
    if (!ended) ended = reap_until(process, &status);
    int busy = run_pump(&output, 0) | run_pump(&errors, 0);
    if (!ended) busy |= run_pump(&input, 1);
    if (busy) continue;
    int pending = output.start < output.end || errors.start < errors.end;
    if (ended && !pending) return status;
    struct poll_entry entries[] = {
        pump_wish(&output), pump_wish(&errors), {signals, POLLIN, 0}, pump_wish(&input)};
    poll(entries, ended ? 3 : 4, -1);
  }
}

static void answer_status(int port, int status) {
  char text[16];
  size_t length = text_from_number(text, status);
  text[length++] = '\n';
  CALL3(221 /* fcntl64 */, port, 4 /* F_SETFL */, 0); /* blocking: wait until the host is there */
  write_all(port, text, length);
}

/* Runs the command that the host sends; returns when its status has been told. */
static void run_host_command(void) {
  static char text[COMMAND_TEXT_MOST];
  int command = wait_for_port("ringbox.command");
  input.from = wait_for_port("ringbox.stdin");
  output.to = wait_for_port("ringbox.stdout");
  errors.to = wait_for_port("ringbox.stderr");
  if (command < 0 || input.from < 0 || output.to < 0 || errors.to < 0) return;
  wait_until_open(command);
  wait_until_open(output.to);
  wait_until_open(errors.to);
  if (read_command(command, text) < 0) {
    print(errors.to, "ringbox: the command is too long\n");
    answer_status(command, 126);
    return;
  }
  answer_status(command, attend_command(start_command(text)));
}

#endif
