/* Observes which files the processes of steps look for. */
#ifndef OBSERVER_H
#define OBSERVER_H
#include <stddef.h>
#include "observer-trace.h"

/* One step's. */
struct observation {
  struct observation *next;
  /* NULL once the step has ended. */
  struct trace *trace;
  /* -1 once no process is left that could make a call. */
  int listener;
};

/* Those that have, or had, a listener. */
extern struct observation *observations;

/* Tests once whether this machine lets us observe. Returns NULL if so, and else why not. */
const char *why_not_observed(void);
/* What an errno of install_filter means. */
const char *refused_to_observe(int error);
/* NULL: no memory. `hidden` is a list of folders that are not told of, which outlives the observation. */
struct observation *open_observation(char **hidden, unsigned hidden_count);
void listen_to(struct observation *observation, int listener);
/* Answers what is asked. `events` are those of its listener. */
void answer_calls(struct observation *observation, short events);
/* Ends and frees it. Returns the trace and its size, or NULL and why there is none that is complete. */
unsigned char *end_observation(struct observation *observation, size_t *bytes, const char **gap);
/* Ends one whose step never started. */
void forget_observation(struct observation *observation);
/* Notes the program that a step begins with, by its absolute path. */
void note_start(struct observation *observation, const char *path);
/* Executes a program without telling the listener, because whoever would answer waits for it. */
void execute_unobserved(const char *path, char **argv, char **env);
#endif
