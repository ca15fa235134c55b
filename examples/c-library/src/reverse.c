/* In place: the whole text backwards, then each word. */
#include <string.h>
#include "words.h"

static void turn(char *from, char *to) {
  for (; from < to; from++, to--) { char kept = *from; *from = *to; *to = kept; }
}

void reverse_words(char *text) {
  size_t length = strlen(text);
  if (length == 0) return;
  turn(text, text + length - 1);
  for (char *from = text; *from != '\0';) {
    char *to = from;
    while (*to != ' ' && *to != '\0') to++;
    if (to > from) turn(from, to - 1);
    from = *to == '\0' ? to : to + 1;
  }
}
