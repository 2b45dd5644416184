/*
 * Writes COUNT small files, each durable before the next: what mail servers and databases do.
 *
 *   fsync-bench FOLDER COUNT
 */
#include "arguments.h"

enum { LENGTH = 2000, NAMES = 50 };

int main(int argc, char **argv, char **environment) {
  (void)environment;
  static char data[LENGTH], path[256];
  size_t length = argc == 3 ? text_length(argv[1]) : sizeof path;
  if (length > sizeof path - 16) return 2;
  memcpy(path, argv[1], length);
  path[length++] = '/';
  uint32_t count = number_of(argv[2]);
  for (uint32_t done = 0; done < count; done++) {
    text_from_number(path + length, (int32_t)(done % NAMES));
    memset(data, (int)('a' + done % 26), sizeof data);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || write_all(file, data, sizeof data) < 0 || fsync(file) != 0) return 3;
    close(file);
  }
  return 0;
}
