/*
 * Reads or writes a disk without the page cache (O_DIRECT), and marks the beginning and the end of
 * what counts.
 *
 *   disk-bench DISK read|write|write-through random|sequential BLOCK DEPTH WARM COUNT
 *
 * DEPTH requests of BLOCK bytes are under way at once: one by pread or pwrite, more by Linux's
 * asynchronous input and output (io_submit). WARM requests come before the first mark, COUNT
 * between the two. write-through is O_DSYNC: each write is durable when it returns. The disk holds
 * a power of two of blocks.
 */
#include "arguments.h"

enum { O_DSYNC = 010000, DEPTH_MOST = 256 };
enum { AIO_READ = 0, AIO_WRITE = 1 };

/* struct iocb and struct io_event */
struct request {
  uint64_t tag;
  uint32_t key, read_write_flags;
  uint16_t operation;
  int16_t priority;
  int32_t file;
  uint64_t address, length, offset, reserved;
  uint32_t flags, event_file;
};
struct event { uint64_t tag, request; int64_t result, result2; };

static int disk, writes, is_random;
static uint32_t block, blocks;
static char *buffers;

/* Marsaglia's xorshift: the same blocks in the same order on every run. */
static uint32_t next_random(void) {
  static uint32_t state = 2463534242u;
  state ^= state << 13, state ^= state >> 17, state ^= state << 5;
  return state;
}

static uint64_t next_offset(void) {
  static uint32_t sequence;
  uint32_t number = is_random ? next_random() : sequence++;
  return (uint64_t)(number & (blocks - 1)) * block;
}

/* Marks where the counted requests begin and end. */
static void count_done(uint32_t done, uint32_t warm, uint32_t count) {
  if (done == warm || done == warm + count) mark();
}

static int one_at_a_time(uint32_t warm, uint32_t count) {
  count_done(0, warm, count);
  for (uint32_t done = 0; done < warm + count;) {
    uint64_t offset = next_offset();
    ssize moved = writes ? pwrite(disk, buffers, block, offset) : pread(disk, buffers, block, offset);
    if (moved != (ssize)block) return 4;
    count_done(++done, warm, count);
  }
  return 0;
}

static int many_at_a_time(uint32_t depth, uint32_t warm, uint32_t count) {
  static struct request requests[DEPTH_MOST], *to_submit[DEPTH_MOST];
  static struct event events[DEPTH_MOST];
  uint32_t context = 0, submitted = 0, done = 0, total = warm + count;
  if (CALL2(245 /* io_setup */, depth, &context) < 0) return 5;
  for (uint32_t i = 0; i < depth; i++) {
    requests[i] = (struct request){
        .tag = i,
        .operation = writes ? AIO_WRITE : AIO_READ,
        .file = disk,
        .address = (uintptr_t)(buffers + i * block),
        .length = block,
    };
    events[i].tag = i;
  }
  count_done(0, warm, count);
  /* All requests that have come back go out again together, as programs with a queue do it. */
  for (uint32_t free = depth; done < total;) {
    uint32_t ready = 0;
    for (uint32_t i = 0; i < free && submitted < total; i++, submitted++) {
      struct request *request = &requests[events[i].tag];
      request->offset = next_offset();
      to_submit[ready++] = request;
    }
    if (ready && CALL3(248 /* io_submit */, context, ready, to_submit) != (long)ready) return 6;
    long got = CALL5(247 /* io_getevents */, context, 1, depth, events, NULL);
    if (got < 1) return 7;
    for (free = (uint32_t)got; got-- > 0;) {
      if (events[got].result != block) return 4;
      count_done(++done, warm, count);
    }
  }
  return 0;
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  if (argc != 8) return 2;
  writes = !text_equal(argv[2], "read");
  is_random = text_equal(argv[3], "random");
  block = number_of(argv[4]);
  uint32_t depth = number_of(argv[5]), warm = number_of(argv[6]), count = number_of(argv[7]);
  if (block == 0 || depth < 1 || depth > DEPTH_MOST) return 2;
  int through = text_equal(argv[2], "write-through") ? O_DSYNC : 0;
  disk = open(argv[1], (writes ? O_RDWR : O_RDONLY) | O_DIRECT | through, 0);
  if (disk < 0) return 3;
  blocks = (uint32_t)CALL3(19 /* lseek */, disk, 0, SEEK_END) / block;
  if (blocks == 0 || (blocks & (blocks - 1)) != 0) return 3;
  buffers = mmap(0, depth * block, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mmap_failed(buffers)) return 3;
  memset(buffers, 0x5a, depth * block); /* pages of its own, not the one page of zeros */
  return depth == 1 ? one_at_a_time(warm, count) : many_at_a_time(depth, warm, count);
}
