/* Prints what realpath makes of each of its words, twice, and whether the gate is loaded. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **words) {
  char line[8192], resolved[PATH_MAX];
  FILE *maps = fopen("/proc/self/maps", "r");
  int gates = 0;
  while (maps && fgets(line, sizeof line, maps)) gates += strstr(line, "/gate.so") != NULL;
  fprintf(stderr, "gate %s, preload %s\n", gates ? "loaded" : "not loaded", getenv("LD_PRELOAD") ? "set" : "not set");
  for (int i = 2; i < 2 * count; i++) {
    errno = 0;
    resolved[0] = 0;
    char *real = i % 2 ? realpath(words[i / 2], NULL) : realpath(words[i / 2], resolved);
    printf("%s: %s %s %s\n", words[i / 2], real ? real : "none", i % 2 ? "" : resolved, strerror(errno));
  }
  return 0;
}
