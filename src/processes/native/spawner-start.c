/* Starts the process of a job. The child shares our memory until it executes the program, as after vfork, so it can
 * tell us directly what went wrong. An observed one shares our descriptors as well, until it has made its listener. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "observer-filter.h"
#include "spawner-jobs.h"

struct launch {
  const struct job *job;
  int log;
  volatile int stage, error;
  /* The outcome of putting it under the filter: a descriptor or -1, and the errno. */
  volatile int listener, refusal;
};

/* The places where execvp would look for a program, one after the other. Returns 0 when there are no more. */
static int next_candidate(const struct job *job, const char **at, char *room) {
  const char *name = job->argv[0];
  if (strchr(name, '/')) {
    int first = !*at;
    snprintf(room, 4096, "%s", name);
    *at = name;
    return first;
  }
  if (!*at) {
    *at = "/bin:/usr/bin";
    for (char **text = job->env; *text; text++)
      if (strncmp(*text, "PATH=", 5) == 0) *at = *text + 5;
  } else if (**at == 0) {
    return 0;
  } else {
    (*at)++;
  }
  size_t length = strcspn(*at, ":");
  snprintf(room, 4096, "%.*s%s%s", (int)length, *at, length ? "/" : "", name);
  *at += length;
  return 1;
}

/* Runs a file that is no program as a script, as execvp does. */
static void execute_script(const struct job *job, const char *path) {
  char *arguments[4096] = {"sh", (char *)path};
  for (int i = 1; i < 4094 && job->argv[i]; i++) arguments[i + 1] = job->argv[i];
  execute_unobserved("/bin/sh", arguments, job->env);
}

/* Does what execvp does, without asking the observer. Returns why it could not. */
static int execute(const struct job *job) {
  const char *at = NULL;
  char path[4096];
  int error = ENOENT;
  while (next_candidate(job, &at, path)) {
    execute_unobserved(path, job->argv, job->env);
    if (errno == ENOEXEC) execute_script(job, path);
    if (errno == EACCES) error = EACCES;
    else if (errno != ENOENT && errno != ENOTDIR && errno != ENODEV && errno != ESTALE && errno != ETIMEDOUT)
      return errno;
  }
  return error;
}

static int run_child(void *shared) {
  struct launch *launch = shared;
  const struct job *job = launch->job;
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &outer_mask, NULL);
  int failed = chdir(job->cwd) < 0 ? errno : 0;
  if (job->observation) {
    launch->listener = install_filter();
    launch->refusal = errno;
    if (unshare(CLONE_FILES) < 0) failed = errno;
  }
  if (failed) {
    launch->stage = STAGE_FOLDER;
    launch->error = failed;
    _exit(127);
  }
  dup2(launch->log, 1);
  dup2(launch->log, 2);
  launch->error = execute(job);
  launch->stage = STAGE_PROGRAM;
  _exit(127);
}

/* Notes what execute() is going to look for. */
static void note_candidates(const struct job *job) {
  const char *at = NULL;
  char name[4096], path[8192];
  while (next_candidate(job, &at, name)) {
    if (name[0] == '/') snprintf(path, sizeof path, "%s", name);
    else snprintf(path, sizeof path, "%s/%s", job->cwd, name);
    note_start(job->observation, path);
    if (access(path, X_OK) == 0) return;
  }
}

static void open_job_observation(struct job *job) {
  job->not_observed = why_not_observed();
  if (job->not_observed) return;
  job->observation = open_observation(job->hidden, job->hidden_count);
  if (job->observation) note_candidates(job);
  else job->not_observed = "there was too little memory";
  if (job->observation && *job->marks) expect_marks(job->observation, job->marks, job->report.id, report_part);
}

static void keep_listener(struct job *job, const struct launch *launch) {
  if (!job->observation) return;
  if (launch->listener >= 0) {
    listen_to(job->observation, launch->listener);
    return;
  }
  job->not_observed = refused_to_observe(launch->refusal);
  forget_observation(job->observation);
  job->observation = NULL;
}

/* Given up for the log of a job when no descriptor is left, and taken again once its process has the log. */
static int spare = -1;

void keep_spare(void) {
  if (spare < 0) spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int open_log(const char *path, int flags) {
  int log = open(path, flags, 0644);
  if (log >= 0 || (errno != EMFILE && errno != ENFILE) || spare < 0) return log;
  close(spare);
  spare = -1;
  return open(path, flags, 0644);
}

void start(struct job *job) {
  static _Alignas(16) char stack[131072];
  int flags = O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC;
  int log = open_log(job->log, flags);
  job->kept_log = log >= 0;
  if (log < 0) log = open_log(job->log, flags | O_CREAT);
  if (log < 0) {
    job->report.stage = STAGE_LOG;
    job->report.error = errno;
    return;
  }
  if (job->observe) open_job_observation(job);
  struct launch launch = {.job = job, .log = log, .listener = -1};
  struct timespec date;
  clock_gettime(CLOCK_REALTIME, &date);
  job->report.started_us = (uint64_t)date.tv_sec * 1000000 + date.tv_nsec / 1000;
  job->started = now_us();
  int shared = CLONE_VM | CLONE_VFORK | (job->observation ? CLONE_FILES : 0);
  pid_t pid = clone(run_child, stack + sizeof stack, shared | SIGCHLD, &launch);
  int clone_error = errno;
  close(log);
  keep_spare();
  keep_listener(job, &launch);
  if (pid < 0) {
    job->report.stage = STAGE_PROGRAM;
    job->report.error = clone_error;
    return;
  }
  if (launch.stage != STAGE_NONE) {
    waitpid(pid, NULL, 0);
    job->report.stage = launch.stage;
    job->report.error = launch.error;
    return;
  }
  job->pid = pid;
  job->alive = 1;
}
