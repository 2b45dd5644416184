/*
 * Work for the processor alone, without system calls, floating point or much memory, COUNT times:
 * sorting, a sieve, a checksum and a product of matrices.
 *
 *   integer-bench COUNT
 */
#include "arguments.h"

enum { NUMBERS = 4096, SIEVE = 1 << 16, SIDE = 32 };

static uint32_t checksum;

static void mix(uint32_t value) { checksum = (checksum ^ value) * 16777619u; }

static void sift(uint32_t *heap, uint32_t from, uint32_t end) {
  for (uint32_t child; (child = 2 * from + 1) < end; from = child) {
    if (child + 1 < end && heap[child + 1] > heap[child]) child++;
    if (heap[from] >= heap[child]) return;
    uint32_t value = heap[from];
    heap[from] = heap[child], heap[child] = value;
  }
}

/* Heap sort of numbers that are as random as a linear congruence makes them. */
static void sort(uint32_t seed) {
  static uint32_t numbers[NUMBERS];
  for (uint32_t i = 0; i < NUMBERS; i++) numbers[i] = seed = seed * 1664525u + 1013904223u;
  for (uint32_t i = NUMBERS / 2; i-- > 0;) sift(numbers, i, NUMBERS);
  for (uint32_t end = NUMBERS; --end > 0;) {
    uint32_t greatest = numbers[0];
    numbers[0] = numbers[end], numbers[end] = greatest;
    sift(numbers, 0, end);
  }
  mix(numbers[NUMBERS / 2]);
}

static void find_primes(void) {
  static uint8_t composite[SIEVE];
  uint32_t primes = 0;
  memset(composite, 0, sizeof composite);
  for (uint32_t i = 2; i < SIEVE; i++) {
    if (composite[i]) continue;
    primes++;
    for (uint32_t j = 2 * i; j < SIEVE; j += i) composite[j] = 1;
  }
  mix(primes);
}

/* CRC-32, bit by bit. */
static void check(uint32_t seed) {
  uint32_t crc = ~seed;
  for (uint32_t bit = 0; bit < 8 * NUMBERS; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  mix(crc);
}

static void multiply(uint32_t seed) {
  static uint32_t left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];
  for (uint32_t i = 0; i < SIDE; i++)
    for (uint32_t j = 0; j < SIDE; j++) left[i][j] = seed + i * j, right[i][j] = seed ^ (i + j);
  for (uint32_t i = 0; i < SIDE; i++)
    for (uint32_t j = 0; j < SIDE; j++) {
      uint32_t sum = 0;
      for (uint32_t k = 0; k < SIDE; k++) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
    }
  mix(product[seed % SIDE][SIDE / 2]);
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  if (argc != 2) return 2;
  uint32_t count = number_of(argv[1]);
  for (uint32_t round = 0; round < count; round++) {
    sort(round), find_primes(), check(round), multiply(round);
  }
  /* Nobody needs it, but a compiler that knew would leave the work out. */
  return checksum == 1 ? 3 : 0;
}
