/* Words are what spaces part. */
#include "words.h"

size_t count_words(const char *text) {
  size_t words = 0;
  for (int inside = 0; *text != '\0'; text++) {
    if (*text == ' ') inside = 0;
    else if (!inside) { inside = 1; words++; }
  }
  return words;
}
