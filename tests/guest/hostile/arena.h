/*
 * The arena: the last stretch of the machine's RAM, which the kernel was told to leave alone
 * (memmap= on its command line), so that physical addresses are known and everything in it is
 * ours. It is full of canaries, words made of their own addresses.
 *
 * Beside it lies a shadow, ordinary memory that no device can reach. store...() writes to both;
 * what the device may write must be given to it with give(). So whatever else differs between
 * arena and shadow is a stray write, wherever it is: arena_intact() compares every word.
 */
#ifndef HOSTILE_ARENA_H
#define HOSTILE_ARENA_H

#include "ringbox.h"

/* A guest-physical address. */
typedef uint32_t physical;

enum {
  ARENA_SIZE = 512 * 1024,
  /* Canaries before the first allocation, after the last one, and between any two. */
  ARENA_GUARD = 32 * 1024,
  ALLOCATION_GUARD = 256,
  GIVEN_MOST = 64,
};

static physical arena_start;
static uint8_t *arena, *arena_shadow;
static physical arena_next;
static struct { physical start; uint32_t length; } given[GIVEN_MOST];
static unsigned given_count;

/* One past the last byte of RAM. */
static inline physical ram_end(void) { return arena_start + ARENA_SIZE; }

static uint32_t canary(physical address) { return (address >> 2) * 0x9e3779b1u ^ 0xca9a57edu; }

static void fill_with_canaries(uint32_t from, uint32_t to) {
  uint32_t *words = (uint32_t *)arena, *shadow = (uint32_t *)arena_shadow;
  for (uint32_t word = from / 4; word < to / 4; word++)
    words[word] = shadow[word] = canary(arena_start + 4 * word);
}

/* Maps the arena, which begins at `start`. Answers 0, or minus an error number. */
static int arena_map(physical start) {
  int file = open("/dev/mem", O_RDWR | O_SYNC, 0);
  if (file < 0) return file;
  void *mapped = mmap(0, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, (int)(start / 4096));
  close(file);
  if (mmap_failed(mapped)) return (int)mapped;
  void *shadow =
      mmap(0, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mmap_failed(shadow)) return (int)shadow;
  arena_start = start;
  arena = mapped;
  arena_shadow = shadow;
  arena_next = arena_start + ARENA_GUARD;
  fill_with_canaries(0, ARENA_SIZE);
  return 0;
}

/* Takes back all that was allocated and given. Both ends of the arena may be used without. */
static void arena_begin(void) {
  fill_with_canaries(0, arena_next - arena_start + 4);
  fill_with_canaries(ARENA_SIZE - ARENA_GUARD, ARENA_SIZE);
  arena_next = arena_start + ARENA_GUARD;
  given_count = 0;
}

/* `length` bytes, aligned to 16, with canaries on both sides. Never fails: the arena is large. */
static physical allocate(uint32_t length) {
  physical address = (arena_next + 15) & ~15u;
  arena_next = address + length + ALLOCATION_GUARD;
  if (arena_next > ram_end() - ARENA_GUARD) {
    print(1, "the arena is too small\n");
    exit_now(2);
  }
  return address;
}

/* The device may write these bytes from now on. */
static void give(physical start, uint32_t length) {
  given[given_count].start = start;
  given[given_count].length = length;
  if (++given_count == GIVEN_MOST) {
    print(1, "too much was given\n");
    exit_now(2);
  }
}

static void *seen(physical address) { return arena + (address - arena_start); }

static void store(physical address, const void *bytes, uint32_t length) {
  memcpy(arena + (address - arena_start), bytes, length);
  memcpy(arena_shadow + (address - arena_start), bytes, length);
}

static void store_zeroes(physical address, uint32_t length) {
  memset(arena + (address - arena_start), 0, length);
  memset(arena_shadow + (address - arena_start), 0, length);
}

static void store16(physical address, uint32_t value) { store(address, &value, 2); }
static void store32(physical address, uint32_t value) { store(address, &value, 4); }

static uint8_t load8(physical address) { return *(volatile uint8_t *)seen(address); }
static uint16_t load16(physical address) { return *(volatile uint16_t *)seen(address); }
static uint32_t load32(physical address) { return *(volatile uint32_t *)seen(address); }

/* Whether nothing has changed but what was given. */
static int arena_intact(void) {
  for (unsigned i = 0; i < given_count; i++) {
    uint32_t offset = given[i].start - arena_start;
    memcpy(arena_shadow + offset, arena + offset, given[i].length);
  }
  const uint32_t *words = (const uint32_t *)arena, *shadow = (const uint32_t *)arena_shadow;
  for (uint32_t word = 0; word < ARENA_SIZE / 4; word += 8) {
    uint32_t difference = 0;
    for (uint32_t i = word; i < word + 8; i++) difference |= words[i] ^ shadow[i];
    if (difference == 0) continue;
    fill_with_canaries(0, ARENA_SIZE);
    return 0;
  }
  return 1;
}

#endif
