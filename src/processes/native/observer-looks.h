/* Notes what one system call looks for. */
#ifndef OBSERVER_LOOKS_H
#define OBSERVER_LOOKS_H
#include <stdint.h>
#include <sys/types.h>
#include "observer-trace.h"

/* A call that waits until we let it go on. */
struct stopped_call {
  int number;
  pid_t thread;
  uint64_t arguments[6];
};

void note_call(struct trace *trace, const struct stopped_call *stopped);
/* A program that is executed, and what the kernel opens to run it. */
void note_program(struct trace *trace, pid_t thread, int folder, const char *path);
#endif
