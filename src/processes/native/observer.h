/* Observes which files the processes of steps look for. */
#ifndef OBSERVER_H
#define OBSERVER_H
#include <stddef.h>
#include "observer-trace.h"

/* The phases of a server that cooks many tickets: it begins, it imports what several tickets use, or it cooks one. */
enum part { PART_LAYER = 'L', PART_TICKET = 'T', PART_NOTHING = 'E' };

/* One step's. */
struct observation {
  struct observation *next;
  /* NULL once the step has ended, and while a server does nothing that counts. */
  struct trace *trace;
  /* -1 once no process is left that could make a call. */
  int listener;
  int ended;
  char **hidden;
  unsigned hidden_count;
  /* NULL, or the folder that a server's marks begin with: whoever looks for `MARKS/T/7` begins ticket 7. */
  const char *marks;
  uint32_t id;
  enum part part;
  uint32_t number;
};

/* Tells of a part that is over: its trace, or NULL and why there is none that is complete. */
typedef void tell_part(const struct observation *observation, const unsigned char *trace, size_t bytes, const char *gap);

/* Those that have, or had, a listener. */
extern struct observation *observations;

/* Tests once whether this machine lets us observe. Returns NULL if so, and else why not. */
const char *why_not_observed(void);
/* Explains an errno of install_filter. */
const char *refused_to_observe(int error);
/* NULL: no memory. `hidden` is a list of folders that are not told of, which outlives the observation. */
struct observation *open_observation(char **hidden, unsigned hidden_count);
/* Tells each part of a server's work apart, by its marks. The first is layer 0. `marks` outlives the observation. */
void expect_marks(struct observation *observation, const char *marks, uint32_t id, tell_part *tell);
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
