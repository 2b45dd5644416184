/*
 * Writes numbered, checksummed records to a file, and prints each number once fsync has returned:
 * from then on the record must never be missed, whatever happens to the machine.
 *
 *   records FILE COUNT
 *
 * A record is the line "NUMBER CHECKSUM", in decimal. The file may have records already; the next
 * ones follow them. Between records other files come and go beside it, so that the file system has
 * more to do than to append.
 */
#include "ringbox.h"

static uint32_t number_of(const char *text) {
  uint32_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint32_t)(*text++ - '0');
  return value;
}

/* FNV-1a of the number's text, as a positive number. */
static int32_t checksum_of(const char *text, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t at = 0; at < length; at++) hash = (hash ^ (uint8_t)text[at]) * 16777619u;
  return (int32_t)(hash >> 1);
}

static uint32_t count_lines(int file) {
  char buffer[4096];
  uint32_t lines = 0;
  for (ssize got; (got = read(file, buffer, sizeof buffer)) > 0;)
    for (ssize at = 0; at < got; at++) lines += buffer[at] == '\n';
  return lines;
}

static int write_record(int file, uint32_t number) {
  char line[32];
  size_t length = text_from_number(line, (int32_t)number);
  int32_t checksum = checksum_of(line, length);
  line[length++] = ' ';
  length += text_from_number(line + length, checksum);
  line[length++] = '\n';
  return write_all(file, line, length);
}

/* A file that nobody will miss. */
static void write_litter(uint32_t number) {
  char path[] = "/mnt/litter-0";
  path[sizeof path - 2] = (char)('0' + number % 10);
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) return;
  for (uint32_t times = 0; times < number % 50; times++) write_record(file, number);
  close(file);
}

int main(int argc, char **argv, char **environment) {
  (void)environment;
  if (argc != 3) return 2;
  int file = open(argv[1], O_RDWR | O_CREAT, 0644);
  if (file < 0) return 3;
  uint32_t number = count_lines(file), end = number + number_of(argv[2]);
  while (number < end) {
    write_litter(number);
    if (write_record(file, number) < 0 || fsync(file) != 0) return 4;
    print_number(1, (int32_t)number++);
    print(1, "\n");
  }
  return 0;
}
