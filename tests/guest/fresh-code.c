/*
 * Runs machine code that was read from a disk a moment ago, always into the same page, and counts
 * wrong answers: what a machine must never give whose devices write to memory behind the back of
 * a CPU that keeps compiled code.
 *
 *   fresh-code DISK BLOCKS ROUNDS
 *
 * Block n of the disk (4096 bytes each) holds a function that loops as often as the number in its
 * second argument says and answers n. A round reads the next block with O_DIRECT and calls it
 * until the page has run some 200,000 instructions, which is when v86 compiles it, and then a few
 * times more. The last line printed is "ROUNDS rounds, CALLS calls, N wrong".
 */
#include "ringbox.h"

enum { PAGE = 4096, LOOPS = 1000, INSTRUCTIONS_TO_COMPILE = 200000, CALLS_AFTER = 16 };

typedef uint32_t (*Function)(uint32_t loops);

static uint32_t number_of(const char *text) {
  uint32_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint32_t)(*text++ - '0');
  return value;
}

static uint32_t wrong_answers(Function function, uint32_t expected, uint32_t *calls) {
  uint32_t wrong = 0, executed = 0, after = 0;
  while (after < CALLS_AFTER) {
    if (function(LOOPS) != expected) wrong++;
    (*calls)++;
    executed += 2 * LOOPS;
    if (executed > INSTRUCTIONS_TO_COMPILE) after++;
  }
  return wrong;
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  if (argc != 4) return 2;
  int disk = open(argv[1], O_RDONLY | O_DIRECT, 0);
  uint32_t blocks = number_of(argv[2]), rounds = number_of(argv[3]), calls = 0, wrong = 0;
  char *page = mmap(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (disk < 0 || mmap_failed(page)) return 3;
  for (uint32_t round = 0; round < rounds; round++) {
    uint32_t block = round % blocks;
    if (pread(disk, page, PAGE, (uint64_t)block * PAGE) != PAGE) return 4;
    /* A union keeps the compiler from taking the page for data that never changes. */
    union { void *data; Function function; } code = {page};
    __asm__ volatile("" : "+r"(code.data) : : "memory");
    wrong += wrong_answers(code.function, block, &calls);
  }
  print_number(1, (int32_t)rounds);
  print(1, " rounds, ");
  print_number(1, (int32_t)calls);
  print(1, " calls, ");
  print_number(1, (int32_t)wrong);
  print(1, " wrong\n");
  return wrong != 0;
}
