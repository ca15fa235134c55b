/* Observes which files the processes of steps look for, by seccomp's notifications: the kernel stops a call, we read
 * its path out of the caller's memory, look at what is there, and let the call go on. Every step has a listener of its
 * own, so whatever its processes turn into, their calls are told apart.
 *
 * A trace is complete or it is none. Whatever cannot be followed is a gap in it, and the gap's reason is all we tell. */
#define _GNU_SOURCE
#include "observer.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "observer-calls.h"
#include "observer-filter.h"
#include "observer-gate.h"
#include "observer-looks.h"
#include "observer-pass.h"
#include "observer-paths.h"

#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1
#endif

struct observation *observations;
/* The kernel's structures may be larger than those we were compiled with. */
static struct seccomp_notif *question;
static struct seccomp_notif_resp *response;
static size_t question_bytes, response_bytes;

static tell_part *tell;

void expect_marks(struct observation *observation, const char *marks, uint32_t id, tell_part *tell_of) {
  observation->marks = marks;
  observation->id = id;
  observation->part = PART_LAYER;
  tell = tell_of;
}

/* Ends the part that is under way, and begins another. */
static void turn_to(struct observation *observation, enum part part, uint32_t number) {
  struct trace *trace = observation->trace;
  /* A ticket that was not ended by a mark of its own was lost with its process. */
  if (trace && (observation->part == PART_LAYER || part == PART_NOTHING)) {
    size_t bytes = 0;
    unsigned char *text = trace->gap ? NULL : encode_trace(trace, &bytes);
    tell(observation, text, bytes, trace->gap ? trace->gap : "there was too little memory");
    free(text);
  }
  if (trace) free_trace(trace);
  observation->trace = NULL;
  observation->part = part;
  observation->number = number;
  if (part == PART_NOTHING) return;
  observation->trace = new_trace((const char *const *)observation->hidden, observation->hidden_count);
}

/* Returns 1 where the call that is asked about is a mark. */
static int take_mark(struct observation *observation) {
  const struct call *call = find_call(question->data.nr);
  char path[256];
  size_t length = strlen(observation->marks);
  if (!call || call->act != ACT_ACCESS || question->data.arch != NATIVE_ARCH) return 0;
  if (copy_text((pid_t)question->pid, question->data.args[call->path], path, sizeof path) < 0) return 0;
  if (strncmp(path, observation->marks, length) != 0 || path[length] != '/') return 0;
  char part = path[length + 1];
  if (part != PART_LAYER && part != PART_TICKET && part != PART_NOTHING) return 0;
  turn_to(observation, (enum part)part, (uint32_t)strtoul(path + length + 3, NULL, 10));
  return 1;
}

/* Returns 0 when nothing was asked. */
static int answer_call(struct observation *observation) {
  memset(question, 0, question_bytes);
  if (ioctl(observation->listener, SECCOMP_IOCTL_NOTIF_RECV, question) < 0) return 0;
  struct trace *trace = observation->trace;
  if (observation->marks && take_mark(observation)) {
    trace = NULL;
  }
  if (trace && !trace->gap) {
    if (question->data.arch != NATIVE_ARCH || question->data.nr & 0x40000000) {
      note_gap(trace, "a program made the system calls of another machine");
    } else {
      struct stopped_call stopped = {.number = question->data.nr, .thread = (pid_t)question->pid};
      for (int i = 0; i < 6; i++) stopped.arguments[i] = question->data.args[i];
      note_call(trace, &stopped);
      if (answer_for_gate(observation->listener, question->id, &stopped)) return 1;
    }
  }
  memset(response, 0, response_bytes);
  response->id = question->id;
  response->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  /* ENOENT: the caller died meanwhile, or a signal interrupted it and it will ask again. */
  return ioctl(observation->listener, SECCOMP_IOCTL_NOTIF_SEND, response) == 0 || errno == ENOENT;
}

static short ready(int listener) {
  struct pollfd watched = {.fd = listener, .events = POLLIN};
  return poll(&watched, 1, 0) > 0 ? watched.revents : 0;
}

void forget_observation(struct observation *observation) {
  struct observation **link = &observations;
  while (*link && *link != observation) link = &(*link)->next;
  if (*link) *link = observation->next;
  if (observation->listener >= 0) close(observation->listener);
  if (observation->trace) free_trace(observation->trace);
  free(observation);
}

void answer_calls(struct observation *observation, short events) {
  if (events & POLLIN) {
    answer_call(observation);
  } else if (events & (POLLHUP | POLLERR | POLLNVAL)) {
    close(observation->listener);
    observation->listener = -1;
  }
}

struct observation *open_observation(char **hidden, unsigned hidden_count) {
  struct observation *observation = calloc(1, sizeof *observation);
  struct trace *trace = new_trace((const char *const *)hidden, hidden_count);
  if (!observation || !trace) {
    free(observation);
    free(trace);
    return NULL;
  }
  observation->trace = trace;
  observation->listener = -1;
  observation->hidden = hidden;
  observation->hidden_count = hidden_count;
  return observation;
}

void listen_to(struct observation *observation, int listener) {
  observation->listener = listener;
  observation->next = observations;
  observations = observation;
}

unsigned char *end_observation(struct observation *observation, size_t *bytes, const char **gap) {
  /* The questions of processes that have died since. A living one asks on. */
  for (int i = 0; i < 64 && observation->listener >= 0; i++) {
    short events = ready(observation->listener);
    if (!events) break;
    answer_calls(observation, events);
  }
  struct trace *trace = observation->trace;
  observation->ended = 1;
  /* A server has told of its parts. */
  if (!trace) {
    if (observation->listener < 0) forget_observation(observation);
    *gap = "a server was not at work";
    return NULL;
  }
  if (observation->listener >= 0) note_gap(trace, "a process of the step outlived it");
  unsigned char *text = trace->gap ? NULL : encode_trace(trace, bytes);
  *gap = text ? NULL : trace->gap ? trace->gap : "there was too little memory";
  free_trace(trace);
  observation->trace = NULL;
  /* Without a listener the calls of what is left would fail, so we go on answering. */
  if (observation->listener < 0) forget_observation(observation);
  return text;
}

void execute_unobserved(const char *path, char **argv, char **env) {
  syscall(__NR_execve, path, argv, env, (unsigned long)PASS, (unsigned long)PASS_TOO);
}

void note_start(struct observation *observation, const char *path) {
  note_program(observation->trace, getpid(), AT_FDCWD, path);
}

enum { TEST_MS = 5000 };
static const char test_path[] = "/chef-observes-itself";

static void be_observed(int tell) {
  int listener = install_filter();
  int told[2] = {listener, errno};
  if (write(tell, told, sizeof told) != sizeof told || listener < 0) _exit(1);
  syscall(__NR_faccessat, AT_FDCWD, test_path, F_OK);
  _exit(errno == ENOENT ? 0 : 1);
}

static const char *refusal(int error) {
  static char text[160];
  const char *why = error == EBUSY    ? "another program observes this one already (EBUSY)"
                    : error == ENOSYS ? "this kernel or sandbox has no seccomp (ENOSYS)"
                    : error == EINVAL ? "this kernel is too old to let calls be observed (EINVAL)"
                    : error == EPERM || error == EACCES ? "this machine does not allow it (seccomp was refused)"
                                                        : NULL;
  snprintf(text, sizeof text, "%s", why ? why : strerror(error));
  return text;
}

const char *refused_to_observe(int error) { return refusal(error); }

/* A child that shares our descriptors puts itself under the filter and looks for a file that is not there. */
static const char *test_observation(void) {
  int ends[2], told[2] = {-1, 0}, status = 0;
  struct observation *observation = open_observation(NULL, 0);
  if (!observation || pipe2(ends, O_CLOEXEC) < 0) return "there was too little memory";
  pid_t child = (pid_t)syscall(__NR_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) be_observed(ends[1]);
  ssize_t n = child < 0 ? -1 : read(ends[0], told, sizeof told);
  close(ends[0]);
  close(ends[1]);
  const char *why = NULL;
  if (n != sizeof told) why = "a process could not be started to try";
  else if (told[0] < 0) why = refusal(told[1]);
  else {
    listen_to(observation, told[0]);
    struct pollfd watched = {.fd = told[0], .events = POLLIN};
    if (poll(&watched, 1, TEST_MS) <= 0 || !answer_call(observation))
      why = "this kernel or sandbox does not let observed calls go on";
  }
  if (why && child > 0) kill(child, SIGKILL);
  if (child > 0) waitpid(child, &status, 0);
  const struct entry *first = observation->trace->first;
  if (!why && observation->trace->gap) why = "this machine does not let the memory of a process be read";
  if (!why && (status != 0 || !first || strcmp(first->path, test_path) != 0 || first->looks != ABSENT))
    why = "this kernel or sandbox reports calls wrongly";
  forget_observation(observation);
  return why;
}

static const char *prepare(void) {
  struct seccomp_notif_sizes sizes;
  if (syscall(__NR_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0) return refusal(errno);
  question_bytes = sizes.seccomp_notif > sizeof *question ? sizes.seccomp_notif : sizeof *question;
  response_bytes = sizes.seccomp_notif_resp > sizeof *response ? sizes.seccomp_notif_resp : sizeof *response;
  question = malloc(question_bytes);
  response = malloc(response_bytes);
  if (!question || !response) return "there was too little memory";
  prepare_filter();
  return test_observation();
}

const char *why_not_observed(void) {
  static const char *why;
  static int tried;
  if (!tried) why = prepare();
  tried = 1;
  return why;
}
