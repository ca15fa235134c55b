/* Ends with 1 where a word is lost. */
#include <stdio.h>
#include <string.h>
#include "words.h"

int main(void) {
  char text[] = "salt and pepper";
  if (count_words(text) != 3 || count_words("") != 0) return 1;
  reverse_words(text);
  if (strcmp(text, "pepper and salt") != 0) return 1;
  puts(text);
  return 0;
}
