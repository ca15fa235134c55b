/* The jobs of the spawner: processes that run, or wait to. */
#ifndef SPAWNER_JOBS_H
#define SPAWNER_JOBS_H
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "observer.h"

enum { TIMED_OUT = 1, CANCELLED = 2, PART = 4 };
enum { STAGE_NONE, STAGE_LOG, STAGE_FOLDER, STAGE_PROGRAM };
enum { NOT_ASKED, OBSERVED, OBSERVED_IN_PART, NOT_OBSERVED };

struct report {
  uint32_t id;
  int32_t code, signal;
  uint32_t flags;
  /* Where starting failed, and the errno of it. */
  uint32_t stage, error;
  uint64_t wall_us, cpu_us, peak_kb, log_bytes;
  /* Of the clock that files are dated by. */
  uint64_t started_us;
  /* True if it was observed. The bytes that follow are the trace, or a text that says why there is none. */
  uint32_t observed, text_bytes;
};
_Static_assert(sizeof(struct report) == 72, "spawner.ts reads 72 bytes");

struct job {
  struct job *next;
  struct report report;
  pid_t pid;
  int alive;
  /* Microseconds of the monotonic clock; 0: none. */
  uint64_t started, deadline, kill_at;
  uint64_t grace_us;
  char *cwd, *log, *marks;
  /* The log was there before: its owner uses it again. */
  int kept_log;
  /* Its command, and the folders that an observer does not tell of, in a copy of the request. */
  char **argv, **env, **hidden, *texts;
  uint32_t hidden_count;
  int observe;
  struct observation *observation;
  const char *not_observed;
  uint64_t timeout_us;
};

extern struct job *jobs;
/* Oldest first. */
extern struct job *held_jobs;
extern sigset_t outer_mask;
/* No further job begins. */
extern int closing;

uint64_t now_us(void);
void begin(struct job *job);
void report_part(const struct observation *observation, const unsigned char *trace, size_t bytes, const char *gap);
void drop_held(struct job *job);
void end_group(struct job *job);
void reap(void);
/* Moves every job on as far as it can go now, and says how long to wait for the next thing: ms, -1 for ever. */
int advance(void);
/* Starts a job's process, or notes in its report why there is none. */
void start(struct job *job);
/* Keeps a descriptor that the log of the next job can have when there is no other. */
void keep_spare(void);

void prepare_sweep(void);
/* Kills the orphans of a job whose group is gone, or all of them. Returns how many there were. */
int sweep(const struct job *ending);
#endif
