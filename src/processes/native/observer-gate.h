/* Has the gate (gate.c) loaded into the programs that it is for. */
#ifndef OBSERVER_GATE_H
#define OBSERVER_GATE_H
#include <linux/seccomp.h>
#include "observer-looks.h"

/* Where the library lies, or "" where there is none. */
const char *gate_path(void);
/* A program is about to be executed by a thread. */
void expect_gate(pid_t thread, const char *program);
/* Answers a call instead of letting it go on. Returns 0 if this call is none of ours. */
int answer_for_gate(int listener, uint64_t id, const struct stopped_call *stopped);
#endif
