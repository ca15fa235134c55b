/* Counting and turning words. */
#ifndef WORDS_H
#define WORDS_H
#include <stddef.h>
size_t count_words(const char *text);
void reverse_words(char *text);
#endif
