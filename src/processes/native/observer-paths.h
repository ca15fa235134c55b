/* Resolves paths as a process of a step means them. */
#ifndef OBSERVER_PATHS_H
#define OBSERVER_PATHS_H
#include <sys/stat.h>
#include <sys/types.h>
#include "observer-trace.h"

enum { PATH_ROOM = 8192 };

struct place {
  char path[PATH_ROOM];
  struct stat stat;
  /* 0: it is there; ENOENT: it is not; -1: the path leads to nothing that is observed. */
  int error;
  /* The path ends in a slash, so it only leads to a directory. */
  int folder_only;
  /* Nothing can be made at this path, because its folder is missing too. */
  int folder_missing;
};

/* Where a thread's path leads, links at its end followed or not. The links on the way are noted. */
void find_place(struct trace *trace, pid_t thread, int folder, const char *path, int follow, struct place *place);
/* Where a descriptor of a thread leads. */
void find_descriptor(struct trace *trace, pid_t thread, int descriptor, struct place *place);
/* Copies a NUL-ended text out of a process. Returns its length, or -1 with errno. */
ssize_t copy_text(pid_t thread, uint64_t address, char *room, size_t bytes);
#endif
