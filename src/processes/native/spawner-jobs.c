/* Moves jobs on, from when they begin until they are reported. */
#define _GNU_SOURCE
#include "spawner-jobs.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct job *jobs;
struct job *held_jobs;
sigset_t outer_mask;
int closing;
/* Since the jobs were last looked through. */
static int begun;

uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void send_bytes(const void *bytes, size_t left) {
  const char *at = bytes;
  while (left > 0) {
    ssize_t n = write(1, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    at += n;
    left -= n;
  }
}

/* The report, and behind it what was observed. */
static void send_report(struct job *job) {
  unsigned char *trace = NULL;
  size_t bytes = 0;
  const char *why = job->not_observed;
  if (job->observation) {
    trace = end_observation(job->observation, &bytes, &why);
    job->report.observed = trace ? OBSERVED : OBSERVED_IN_PART;
  } else if (job->observe) {
    job->report.observed = NOT_OBSERVED;
    if (!why) why = "it never started";
  }
  if (why) bytes = strlen(why);
  job->report.text_bytes = (uint32_t)bytes;
  send_bytes(&job->report, sizeof job->report);
  send_bytes(trace ? (const void *)trace : why, bytes);
  free(trace);
}

void report_part(const struct observation *observation, const unsigned char *trace, size_t bytes, const char *gap) {
  struct report report = {.id = observation->id,
                          .code = observation->part == PART_TICKET,
                          .signal = (int32_t)observation->number,
                          .flags = PART,
                          .observed = trace ? OBSERVED : OBSERVED_IN_PART,
                          .text_bytes = (uint32_t)(trace ? bytes : strlen(gap))};
  send_bytes(&report, sizeof report);
  send_bytes(trace ? (const void *)trace : gap, report.text_bytes);
}

void end_group(struct job *job) {
  if (job->kill_at) return;
  kill(-job->pid, SIGTERM);
  job->kill_at = now_us() + job->grace_us;
}

/* Takes a job out of a list. */
static void leave(struct job **list, struct job *job) {
  struct job **link = list;
  while (*link != job) link = &(*link)->next;
  *link = job->next;
}

static void finish(struct job *job) {
  struct stat info;
  if (job->report.stage != STAGE_LOG && stat(job->log, &info) == 0) {
    job->report.log_bytes = info.st_size;
    if (info.st_size == 0 && !job->kept_log) unlink(job->log);
  }
  send_report(job);
  leave(&jobs, job);
  int went_well = job->report.code == 0 && !job->report.flags;
  free(job->argv);
  free(job->env);
  free(job->hidden);
  free(job->texts);
  free(job);
  if (went_well && held_jobs && !closing) begin(held_jobs);
}

void begin(struct job *job) {
  leave(&held_jobs, job);
  job->next = jobs;
  jobs = job;
  begun = 1;
  start(job);
  if (!job->alive) finish(job);
  else if (job->timeout_us) job->deadline = job->started + job->timeout_us;
}

void drop_held(struct job *job) {
  leave(&held_jobs, job);
  job->next = jobs;
  jobs = job;
  job->report.flags |= CANCELLED;
  finish(job);
}

void reap(void) {
  int status;
  struct rusage usage;
  pid_t pid;
  while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
    for (struct job *job = jobs; job; job = job->next) {
      if (!job->alive || job->pid != pid) continue;
      job->alive = 0;
      job->report.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      job->report.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
      job->report.wall_us = now_us() - job->started;
      job->report.cpu_us = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
      job->report.peak_kb = usage.ru_maxrss;
      break;
    }
  }
}

int advance(void) {
  uint64_t now = now_us(), next = 0;
  begun = 0;
  for (struct job *job = jobs, *following; job; job = following) {
    following = job->next;
    if (job->alive && job->deadline && now >= job->deadline) {
      job->report.flags |= TIMED_OUT;
      job->deadline = 0;
      end_group(job);
    }
    if (job->kill_at && now >= job->kill_at) {
      kill(-job->pid, SIGKILL);
      job->kill_at = now + 50000;
    }
    if (!job->alive) {
      if (kill(-job->pid, 0) == 0) {
        end_group(job);
      } else if (!sweep(job)) {
        finish(job);
        continue;
      } else {
        job->kill_at = now + 5000;
      }
    }
    uint64_t due = job->kill_at ? job->kill_at : job->alive ? job->deadline : 0;
    if (due && (!next || due < next)) next = due;
  }
  if (begun) return 0;
  if (!next) return -1;
  return next <= now ? 0 : (int)((next - now) / 1000 + 1);
}
