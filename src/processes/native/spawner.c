/* Starts and reaps the processes of cooks. Frames come on standard input, reports go to standard output (spawner.ts).
 *
 * Every job leads a session of its own, so one kill reaches its whole group. What outlives a job's main process is
 * ended before the job is reported. Daemons that left the group come to us as orphans, because we are a subreaper;
 * they are killed as soon as no living job can own them. When standard input closes chef is gone, and so is all else.
 *
 * A job that is held waits until another has ended well, or until it is told to begin: so the next one need not wait
 * until chef has heard of the last.
 *
 * A job may ask to be observed. Its report is then followed by its trace: what its processes looked for, and what they
 * wrote. `--self-test` prints why this machine cannot observe, or nothing.
 *
 * Request:  u32 length, u8 type, u32 id, then for 'R' (run) and 'H' (hold): u32 timeout ms, u32 grace ms, u32 argc,
 *           u32 envc, u32 observe (0 or 1), u32 hidden count, and NUL-ended texts: cwd, log, argv..., env..., hidden...
 *           (real paths of folders whose files are not told), marks (see observer.h; empty: none); for 'B' (begin)
 *           and 'K' (kill): nothing.
 * Report:   72 bytes, see struct report, and behind them as many as it says: a trace, or why there is none.
 *           A report with the flag PART tells of one part of a server's work and ends nothing: its code is 1 for a ticket
 *           and 0 for what several tickets use, its signal the part's number.
 * Trace:    looks in the order in which their paths were first met. A look is u8 kind (enum look), u8 1 if an identity
 *           follows, u16 bytes of its text, u32 mode; then the identity: u64 dev, u64 ino, u64 size, i64 mtime ns,
 *           i64 ctime ns; then the text: the real path, and behind a link's path a NUL and its target. The identity is
 *           that of the first look, before the step wrote; for what was written that of what lay there before, if
 *           anything did. What the step read only after it had written it is not told.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include "spawner-jobs.h"

static int requests;

static struct job *held_job(uint32_t id) {
  struct job *job = held_jobs;
  while (job && job->report.id != id) job = job->next;
  return job;
}

static uint32_t number_at(const unsigned char *at) {
  uint32_t value;
  memcpy(&value, at, 4);
  return value;
}

static char *next_text(char **at) {
  char *text = *at;
  *at += strlen(text) + 1;
  return text;
}

static void handle(unsigned char *frame, uint32_t length) {
  uint32_t id = number_at(frame + 1);
  struct job *waiting = held_job(id);
  if (frame[0] == 'B') {
    if (waiting) begin(waiting);
    return;
  }
  if (frame[0] == 'K') {
    if (waiting) drop_held(waiting);
    for (struct job *job = jobs; job; job = job->next) {
      if (job->report.id != id) continue;
      job->report.flags |= CANCELLED;
      end_group(job);
    }
    return;
  }
  uint32_t timeout = number_at(frame + 5), grace = number_at(frame + 9);
  uint32_t argc = number_at(frame + 13), envc = number_at(frame + 17);
  uint32_t observe = number_at(frame + 21), hidden_count = number_at(frame + 25);
  struct job *job = calloc(1, sizeof *job);
  char **argv = calloc(argc + 1, sizeof *argv), **env = calloc(envc + 1, sizeof *env);
  char **hidden = calloc(hidden_count + 1, sizeof *hidden), *texts = malloc(length);
  if (!job || !argv || !env || !hidden || !texts) abort();
  memcpy(texts, frame, length);
  char *at = texts + 29;
  job->report.id = id;
  job->report.code = -1;
  job->cwd = next_text(&at);
  job->log = next_text(&at);
  job->grace_us = (uint64_t)grace * 1000;
  job->timeout_us = (uint64_t)timeout * 1000;
  for (uint32_t i = 0; i < argc; i++) argv[i] = next_text(&at);
  for (uint32_t i = 0; i < envc; i++) env[i] = next_text(&at);
  for (uint32_t i = 0; i < hidden_count; i++) hidden[i] = next_text(&at);
  job->marks = next_text(&at);
  job->observe = observe != 0;
  job->hidden = hidden;
  job->hidden_count = hidden_count;
  job->argv = argv;
  job->env = env;
  job->texts = texts;
  struct job **link = &held_jobs;
  while (*link) link = &(*link)->next;
  *link = job;
  if (frame[0] == 'R') begin(job);
}

static unsigned char *buffer;
static size_t held, room;

/* Reads what there is and handles every whole frame. Returns 0 when chef is gone. */
static int take_requests(void) {
  if (room - held < 65536) {
    room = room ? room * 2 : 262144;
    buffer = realloc(buffer, room);
    if (!buffer) abort();
  }
  ssize_t n = read(requests, buffer + held, room - held);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (n == 0) return 0;
  held += n;
  size_t at = 0;
  while (held - at >= 4) {
    uint32_t length = number_at(buffer + at);
    if (held - at - 4 < length) break;
    handle(buffer + at + 4, length);
    at += 4 + length;
  }
  memmove(buffer, buffer + at, held - at);
  held -= at;
  return 1;
}

static int self_test(void) {
  const char *why = why_not_observed();
  if (why) puts(why);
  return 0;
}

static struct pollfd *watched;
static unsigned watched_room;

/* Lists the signals, the requests, and the listeners of observed jobs. Returns how many. */
static unsigned watch(int signals) {
  unsigned count = 2;
  for (struct observation *observation = observations; observation; observation = observation->next) count++;
  if (count > watched_room) {
    watched_room = count * 2;
    watched = realloc(watched, watched_room * sizeof *watched);
    if (!watched) abort();
  }
  struct pollfd *at = watched;
  *at++ = (struct pollfd){.fd = signals, .events = POLLIN};
  *at++ = (struct pollfd){.fd = closing ? -1 : requests, .events = POLLIN};
  for (struct observation *observation = observations; observation; observation = observation->next)
    *at++ = (struct pollfd){.fd = observation->listener, .events = POLLIN};
  return count;
}

static void answer_all(unsigned count) {
  struct observation *observation = observations;
  for (unsigned i = 2; i < count; i++) {
    struct observation *next = observation->next;
    if (watched[i].revents) answer_calls(observation, watched[i].revents);
    if (observation->ended && observation->listener < 0) forget_observation(observation);
    observation = next;
  }
}

static void take_signals(int signals) {
  struct signalfd_siginfo news;
  while (read(signals, &news, sizeof news) == sizeof news)
    if (news.ssi_signo != SIGCHLD) closing = 1;
  reap();
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--self-test") == 0) return self_test();
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGCHLD);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGHUP);
  sigemptyset(&outer_mask);
  sigprocmask(SIG_BLOCK, &ours, NULL);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  /* Jobs read nothing: their standard input is /dev/null, ours moves to a descriptor they do not inherit. */
  requests = fcntl(0, F_DUPFD_CLOEXEC, 10);
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (requests < 0 || nothing < 0 || dup2(nothing, 0) < 0) return 1;
  int signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
  keep_spare();
  prepare_sweep();
  while (!closing || jobs) {
    int wait = advance();
    if (closing && !jobs) break;
    unsigned count = watch(signals);
    poll(watched, count, wait);
    answer_all(count);
    if (watched[0].revents) take_signals(signals);
    if (!closing && watched[1].revents && !take_requests()) closing = 1;
    while (closing && held_jobs) drop_held(held_jobs);
    if (closing)
      for (struct job *job = jobs; job; job = job->next) {
        job->report.flags |= CANCELLED;
        end_group(job);
      }
  }
  /* Whatever is still ours now outlived every job. */
  while (sweep(NULL)) {
    struct timespec moment = {0, 1000000};
    nanosleep(&moment, NULL);
    reap();
  }
  return 0;
}
