/* Finds and kills what has left the group of its job. Such processes come to us, because we are a subreaper. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "spawner-jobs.h"

static int children_file = -1;

void prepare_sweep(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  children_file = open(path, O_RDONLY | O_CLOEXEC);
}

static int starts_with(const char *text, const char *start) {
  size_t length = strlen(start);
  return strncmp(text, start, length) == 0 && (text[length] == 0 || text[length] == '/');
}

/* When a process began, in microseconds of the monotonic clock, and its session: from its stat, fields 22 and 6. */
static int look_at(pid_t pid, uint64_t *began, pid_t *session) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t n = read(file, text, sizeof text - 1);
  close(file);
  if (n <= 0) return 0;
  text[n] = 0;
  char *after = strrchr(text, ')');
  if (!after) return 0;
  char state;
  int parent, group, sid;
  unsigned long long ticks;
  if (sscanf(after + 1, " %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state,
             &parent, &group, &sid, &ticks) != 5)
    return 0;
  if (state == 'Z') return 0;
  struct timespec boot, monotonic;
  clock_gettime(CLOCK_BOOTTIME, &boot);
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  int64_t slept = (int64_t)(boot.tv_sec - monotonic.tv_sec) * 1000000 + (boot.tv_nsec - monotonic.tv_nsec) / 1000;
  *began = (uint64_t)((int64_t)(ticks * (1000000 / sysconf(_SC_CLK_TCK))) - slept);
  *session = sid;
  return 1;
}

static int writes_to(pid_t pid, const char *log) {
  char path[64], target[4096];
  for (int fd = 1; fd <= 2; fd++) {
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n <= 0) continue;
    target[n] = 0;
    if (strcmp(target, log) == 0) return 1;
  }
  return 0;
}

static int stands_in(pid_t pid, const char *folder) {
  char path[64], target[4096];
  snprintf(path, sizeof path, "/proc/%d/cwd", pid);
  ssize_t n = readlink(path, target, sizeof target - 1);
  if (n <= 0) return 0;
  target[n] = 0;
  return starts_with(target, folder);
}

/* An orphan belongs to `ending` if it still shows so, or if no other job is alive that is older than it is. */
static int belongs(pid_t pid, const struct job *ending) {
  uint64_t began;
  pid_t session;
  if (!look_at(pid, &began, &session)) return 0;
  if (session == ending->pid) return 1;
  int others = 0, shared_folder = 0;
  for (struct job *job = jobs; job; job = job->next) {
    if (job == ending || !job->pid) continue;
    if (session == job->pid) return 0;
    if (strcmp(job->cwd, ending->cwd) == 0) shared_folder = 1;
    /* Process times come in ticks of 10 ms. */
    if (job->started <= began + 20000) others = 1;
  }
  if (!others) return 1;
  return writes_to(pid, ending->log) || (!shared_folder && stands_in(pid, ending->cwd));
}

int sweep(const struct job *ending) {
  static char text[65536];
  if (children_file < 0) return 0;
  ssize_t n = pread(children_file, text, sizeof text - 1, 0);
  if (n <= 0) return 0;
  text[n] = 0;
  int found = 0;
  for (char *at = text; *at;) {
    char *end;
    pid_t pid = (pid_t)strtol(at, &end, 10);
    if (end == at) break;
    at = end;
    while (*at == ' ') at++;
    int main_process = 0;
    for (struct job *job = jobs; job; job = job->next)
      if (job->alive && job->pid == pid) main_process = 1;
    if (main_process || (ending && !belongs(pid, ending))) continue;
    if (kill(pid, SIGKILL) == 0) found++;
  }
  return found;
}
