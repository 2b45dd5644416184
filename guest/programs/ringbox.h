/*
 * What a freestanding static i386 program needs to run on Linux without a C library: an entry
 * point, system calls, and the four memory functions that GCC may call by itself.
 *
 * A program includes this file once and defines
 *     int main(int argc, char **argv, char **environment);
 * whose result becomes the exit status. Every system call answers like the kernel does: a
 * negative number is minus the error number, there is no errno.
 *
 * Compiled by buildGuestProgram() (guest/build/program.ts):
 *     gcc -m32 -static -nostdlib -ffreestanding -O2
 */
#ifndef RINGBOX_H
#define RINGBOX_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t ssize;

/* --- Entry point -------------------------------------------------------------------------- */

int main(int argc, char **argv, char **environment);

/* The kernel enters with argc, argv..., NULL, environment..., NULL on a stack aligned to 16. */
__asm__(
    ".globl _start\n"
    "_start:\n"
    "  xorl %ebp, %ebp\n"
    "  movl %esp, %eax\n"
    "  andl $-16, %esp\n"
    "  subl $12, %esp\n"
    "  pushl %eax\n"
    "  call ringbox_start\n");

/* system_call(number, up to six arguments): number in eax, then ebx, ecx, edx, esi, edi, ebp. */
__asm__(
    ".globl system_call\n"
    "system_call:\n"
    "  pushl %ebx\n"
    "  pushl %esi\n"
    "  pushl %edi\n"
    "  pushl %ebp\n"
    "  movl 20(%esp), %eax\n"
    "  movl 24(%esp), %ebx\n"
    "  movl 28(%esp), %ecx\n"
    "  movl 32(%esp), %edx\n"
    "  movl 36(%esp), %esi\n"
    "  movl 40(%esp), %edi\n"
    "  movl 44(%esp), %ebp\n"
    "  int $0x80\n"
    "  popl %ebp\n"
    "  popl %edi\n"
    "  popl %esi\n"
    "  popl %ebx\n"
    "  ret\n");

long system_call(long number, long a, long b, long c, long d, long e, long f);

#define CALL0(n) system_call(n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) system_call(n, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) system_call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) system_call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) system_call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) \
  system_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CALL6(n, a, b, c, d, e, f) \
  system_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

__attribute__((noreturn)) static inline void exit_now(int status) {
  for (;;) CALL1(252 /* exit_group */, status);
}

__attribute__((noreturn, used)) void ringbox_start(long *stack) {
  char **argv = (char **)(stack + 1);
  exit_now(main((int)stack[0], argv, argv + stack[0] + 1));
}

/* --- Memory functions that GCC expects even of freestanding programs ------------------------- */

__attribute__((used)) void *memcpy(void *to, const void *from, size_t size) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return start;
}

__attribute__((used)) void *memset(void *to, int value, size_t size) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
  return start;
}

__attribute__((used)) void *memmove(void *to, const void *from, size_t size) {
  if (to <= from || (const char *)to >= (const char *)from + size) return memcpy(to, from, size);
  char *target = to;
  while (size--) target[size] = ((const char *)from)[size];
  return to;
}

__attribute__((used)) int memcmp(const void *left, const void *right, size_t size) {
  const unsigned char *a = left, *b = right;
  for (size_t i = 0; i < size; i++)
    if (a[i] != b[i]) return a[i] - b[i];
  return 0;
}

/* --- Text -------------------------------------------------------------------------------- */

static inline size_t text_length(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

static inline int text_equal(const char *left, const char *right) {
  while (*left && *left == *right) left++, right++;
  return *left == *right;
}

static inline int text_starts_with(const char *text, const char *prefix) {
  while (*prefix && *text == *prefix) text++, prefix++;
  return *prefix == 0;
}

/* Writes `value` in decimal; `out` holds at least 12 bytes. Answers the length without the NUL. */
static inline size_t text_from_number(char *out, int32_t value) {
  char digits[12];
  size_t count = 0, length = 0;
  uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  do digits[count++] = (char)('0' + rest % 10); while (rest /= 10);
  if (value < 0) out[length++] = '-';
  while (count) out[length++] = digits[--count];
  out[length] = 0;
  return length;
}

/* --- System calls ------------------------------------------------------------------------- */

enum {
  O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_NOCTTY = 0400, O_TRUNC = 01000,
  O_NONBLOCK = 04000, O_DIRECT = 040000, O_DIRECTORY = 0200000, O_CLOEXEC = 02000000,
  O_SYNC = 04010000,
};
enum { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2 };
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20 };

struct timespec32 { int32_t seconds, nanoseconds; };

static inline ssize read(int file, void *data, size_t size) { return CALL3(3, file, data, size); }
static inline ssize write(int file, const void *data, size_t size) {
  return CALL3(4, file, data, size);
}
static inline int open(const char *path, int flags, int mode) { return CALL3(5, path, flags, mode); }
static inline int close(int file) { return CALL1(6, file); }
static inline int fsync(int file) { return CALL1(118, file); }
static inline void sync(void) { CALL0(36); }
static inline int ioctl(int file, uint32_t request, const void *argument) {
  return CALL3(54, file, request, argument);
}
static inline int fork(void) { return CALL0(2); }
static inline int getpid(void) { return CALL0(20); }
static inline int execve(const char *path, char *const *arguments, char *const *environment) {
  return CALL3(11, path, arguments, environment);
}
/* Answers the process id; the raw status word goes to *status (as wait(2) describes it). */
static inline int waitpid(int process, int *status, int options) {
  return CALL3(7, process, status, options);
}
static inline int kill(int process, int signal) { return CALL2(37, process, signal); }
static inline int sched_yield(void) { return CALL0(158); }

/* offset counts bytes; reads or writes at it without moving the file's position */
static inline ssize pread(int file, void *data, size_t size, uint64_t offset) {
  return CALL5(180, file, data, size, (uint32_t)offset, (uint32_t)(offset >> 32));
}
static inline ssize pwrite(int file, const void *data, size_t size, uint64_t offset) {
  return CALL5(181, file, data, size, (uint32_t)offset, (uint32_t)(offset >> 32));
}
/* pages: offset into the file in pages of 4096 bytes; answers the address or minus an error */
static inline void *mmap(void *at, size_t size, int protection, int flags, int file, int pages) {
  return (void *)CALL6(192, at, size, protection, flags, file, pages);
}
static inline int munmap(void *at, size_t size) { return CALL2(91, at, size); }

/* Whether mmap() answered an error number instead of an address. */
static inline int mmap_failed(const void *address) { return (uintptr_t)address >= 0xfffff000u; }

/* Nanoseconds of the monotonic clock. */
static inline uint64_t monotonic_time(void) {
  struct timespec32 now = {0, 0};
  CALL2(265 /* clock_gettime */, 1, &now);
  return (uint64_t)(uint32_t)now.seconds * 1000000000u + (uint32_t)now.nanoseconds;
}

static inline void sleep_microseconds(uint32_t microseconds) {
  struct timespec32 time = {(int32_t)(microseconds / 1000000),
                            (int32_t)(microseconds % 1000000 * 1000)};
  CALL2(162 /* nanosleep */, &time, 0);
}

/* --- Printing ------------------------------------------------------------------------------ */

/* Writes everything, however often the kernel takes less; answers 0 or minus an error number. */
static inline int write_all(int file, const void *data, size_t size) {
  const char *next = data;
  while (size) {
    ssize written = write(file, next, size);
    if (written < 0 && written != -4 /* EINTR */) return written;
    if (written > 0) next += written, size -= (size_t)written;
  }
  return 0;
}

static inline void print(int file, const char *text) { write_all(file, text, text_length(text)); }

static inline void print_number(int file, int32_t value) {
  char text[12];
  write_all(file, text, text_from_number(text, value));
}

#endif
