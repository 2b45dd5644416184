/*
 * Copies the first BLOCKS blocks (4096 bytes each) of one disk to another, with O_DIRECT and through
 * io_uring, which is how Linux polls: with IORING_SETUP_IOPOLL, where the driver has queues for it, the
 * kernel looks at the used ring until the requests are there, and no interrupt comes.
 *
 *   polled-copy FROM TO BLOCKS
 *
 * As many requests as fit the rings are under way at once. The last line printed is "N copied".
 */
#include "ringbox.h"

enum { BLOCK = 4096, DEPTH = 16 };
enum { OPERATION_READ = 22, OPERATION_WRITE = 23 };
enum { SETUP_IOPOLL = 1, FEATURE_SINGLE_MMAP = 1, ENTER_GETEVENTS = 1 };
/* Where a ring's file is mapped, in pages: its two rings of indices, and the requests. */
enum { RINGS_AT = 0, REQUESTS_AT = 0x10000000 / 4096 };

struct ring_offsets { uint32_t head, tail, mask, entries, more[2], last, reserved[3]; };

/* struct io_uring_params */
struct parameters {
  uint32_t submission_entries, completion_entries, flags, thread[2], features, reserved[4];
  struct ring_offsets submission; /* more: flags, dropped; last: the array of indices */
  struct ring_offsets completion; /* more[1]: the completions */
};

/* struct io_uring_sqe and io_uring_cqe */
struct request {
  uint8_t operation, flags;
  uint16_t priority;
  int32_t file;
  uint64_t offset, address;
  uint32_t length, read_write_flags;
  uint64_t tag, reserved[3];
};
struct completion { uint64_t tag; int32_t result; uint32_t flags; };

static int ring;
static struct parameters parameters;
static char *rings;
static struct request *requests;
static char *pages;

static volatile uint32_t *word(uint32_t offset) { return (volatile uint32_t *)(rings + offset); }

static int make_ring(void) {
  parameters.flags = SETUP_IOPOLL;
  ring = CALL2(425 /* io_uring_setup */, DEPTH, &parameters);
  if (ring < 0 || !(parameters.features & FEATURE_SINGLE_MMAP)) return -1;
  int access = PROT_READ | PROT_WRITE;
  rings = mmap(0, BLOCK, access, MAP_SHARED, ring, RINGS_AT);
  requests = mmap(0, DEPTH * sizeof *requests, access, MAP_SHARED, ring, REQUESTS_AT);
  pages = mmap(0, DEPTH * BLOCK, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mmap_failed(rings) || mmap_failed(requests) || mmap_failed(pages) ? -1 : 0;
}

/* Submits requests and looks until at least one of those under way is there, or some time is over. */
static int enter(uint32_t submitted) {
  return CALL6(426 /* io_uring_enter */, ring, submitted, 1, ENTER_GETEVENTS, 0, 0);
}

/* Reads or writes `count` blocks from block `first` on; answers how many were done whole. */
static uint32_t transfer(int operation, int file, uint32_t first, uint32_t count) {
  struct completion *completions = (struct completion *)(rings + parameters.completion.more[1]);
  volatile uint32_t *tail = word(parameters.submission.tail);
  volatile uint32_t *head = word(parameters.completion.head);
  uint32_t done = 0, whole = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t slot = (*tail + i) & *word(parameters.submission.mask);
    word(parameters.submission.last)[slot] = slot;
    requests[slot] = (struct request){
        .operation = (uint8_t)operation,
        .file = file,
        .offset = (uint64_t)(first + i) * BLOCK,
        .address = (uintptr_t)(pages + i * BLOCK),
        .length = BLOCK,
    };
  }
  *tail += count;
  if (enter(count) != (int)count) return 0;
  while (done < count) {
    for (; *head != *word(parameters.completion.tail); done++, ++*head)
      if (completions[*head & *word(parameters.completion.mask)].result == BLOCK) whole++;
    if (done < count && enter(0) < 0) return 0;
  }
  return whole;
}

static uint32_t number_of(const char *text) {
  uint32_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint32_t)(*text++ - '0');
  return value;
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  if (argc != 4) return 2;
  int from = open(argv[1], O_RDONLY | O_DIRECT, 0), to = open(argv[2], O_RDWR | O_DIRECT, 0);
  if (from < 0 || to < 0 || make_ring() < 0) return 3;
  uint32_t blocks = number_of(argv[3]), copied = 0;
  while (copied < blocks) {
    uint32_t count = blocks - copied < DEPTH ? blocks - copied : DEPTH;
    if (transfer(OPERATION_READ, from, copied, count) != count) return 4;
    if (transfer(OPERATION_WRITE, to, copied, count) != count) return 5;
    copied += count;
  }
  print_number(1, (int32_t)copied);
  print(1, " copied\n");
  return 0;
}
