/* Small files: read one whole, cut it into lines and words. */
#ifndef FILES_H
#define FILES_H

#include "ringbox.h"

/* Reads at most size - 1 bytes, ends them with a NUL; answers the length, or minus an error. */
static inline ssize read_file(const char *path, char *out, size_t size) {
  size_t length = 0;
  out[0] = 0;
  int file = open(path, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return file;
  while (length < size - 1) {
    ssize got = read(file, out + length, size - 1 - length);
    if (got <= 0) break;
    length += (size_t)got;
  }
  close(file);
  out[length] = 0;
  return (ssize)length;
}

static inline int is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/*
 * Takes the next word off *rest, cutting the text in place: ends the word with a NUL and moves
 * *rest behind it. Answers NULL when no word is left.
 */
static inline char *next_word(char **rest) {
  char *start = *rest;
  while (is_blank(*start)) start++;
  if (!*start) return NULL;
  char *end = start;
  while (*end && !is_blank(*end)) end++;
  *rest = *end ? end + 1 : end;
  *end = 0;
  return start;
}

/* The same for lines; an empty line is answered as an empty text. */
static inline char *next_line(char **rest) {
  char *start = *rest;
  if (!*start) return NULL;
  char *end = start;
  while (*end && *end != '\n') end++;
  *rest = *end ? end + 1 : end;
  *end = 0;
  return start;
}

/* Copies `text` behind what `out` holds, as far as `size` bytes allow; keeps the final NUL. */
static inline void append_text(char *out, size_t size, const char *text) {
  size_t length = text_length(out);
  while (*text && length + 1 < size) out[length++] = *text++;
  out[length] = 0;
}

#endif
