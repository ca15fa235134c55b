/* Starts and reaps the processes of cooks. Frames come on standard input, reports go to standard output (spawner.ts).
 *
 * Every job leads a session of its own, so one kill reaches its whole group. What outlives a job's main process is
 * ended before the job is reported. Daemons that left the group come to us as orphans, because we are a subreaper;
 * they are killed as soon as no living job can own them. When standard input closes chef is gone, and so is all else.
 *
 * A job that is held waits until another has ended well, or until it is told to begin: so the next one need not wait
 * until chef has heard of the last.
 *
 * Request:  u32 length, u8 type, u32 id, then for 'R' (run) and 'H' (hold): u32 timeout ms, u32 grace ms, u32 argc,
 *           u32 envc, and NUL-ended texts: cwd, log, argv..., env...; for 'B' (begin) and 'K' (kill): nothing.
 * Report:   64 bytes, see struct report.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMED_OUT = 1, CANCELLED = 2 };
enum { STAGE_NONE, STAGE_LOG, STAGE_FOLDER, STAGE_PROGRAM };

struct report {
  uint32_t id;
  int32_t code, signal;
  uint32_t flags;
  /* Where starting failed, and the errno of it. */
  uint32_t stage, error;
  uint64_t wall_us, cpu_us, peak_kb, log_bytes;
  /* Of the clock that files are dated by. */
  uint64_t started_us;
};
_Static_assert(sizeof(struct report) == 64, "spawner.ts reads 64 bytes");

struct job {
  struct job *next;
  struct report report;
  pid_t pid;
  int alive;
  /* Microseconds of the monotonic clock; 0: none. */
  uint64_t started, deadline, kill_at;
  uint64_t grace_us;
  char *cwd, *log;
  /* The log was there before: its owner uses it again. */
  int kept_log;
  /* Until it is started: its command, in a copy of the request. */
  char **argv, **env, *texts;
  uint64_t timeout_us;
};

extern char **environ;
static struct job *jobs;
/* Oldest first. */
static struct job *held_jobs;
static sigset_t outer_mask;
static int children_file = -1;
/* begun: since the jobs were last looked through. */
static int requests, closing, begun;

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void send_report(const struct report *report) {
  const char *at = (const char *)report;
  size_t left = sizeof *report;
  while (left > 0) {
    ssize_t n = write(1, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    at += n;
    left -= n;
  }
}

/* vfork shares our memory with the child until it runs the program, so it can tell us directly what went wrong. */
static void start(struct job *job) {
  char **argv = job->argv, **env = job->env;
  int flags = O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC;
  int log = open(job->log, flags);
  job->kept_log = log >= 0;
  if (log < 0) log = open(job->log, flags | O_CREAT, 0644);
  if (log < 0) {
    job->report.stage = STAGE_LOG;
    job->report.error = errno;
    return;
  }
  volatile int stage = STAGE_NONE, error = 0;
  char **own = environ;
  environ = env; /* execvp looks programs up in the PATH of the job */
  struct timespec date;
  clock_gettime(CLOCK_REALTIME, &date);
  job->report.started_us = (uint64_t)date.tv_sec * 1000000 + date.tv_nsec / 1000;
  job->started = now_us();
  pid_t pid = vfork();
  if (pid == 0) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &outer_mask, NULL);
    dup2(log, 1);
    dup2(log, 2);
    if (chdir(job->cwd) < 0) {
      stage = STAGE_FOLDER;
      error = errno;
      _exit(127);
    }
    execvp(argv[0], argv);
    stage = STAGE_PROGRAM;
    error = errno;
    _exit(127);
  }
  int fork_error = errno;
  environ = own;
  close(log);
  if (pid < 0) {
    job->report.stage = STAGE_PROGRAM;
    job->report.error = fork_error;
    return;
  }
  if (stage != STAGE_NONE) {
    waitpid(pid, NULL, 0);
    job->report.stage = stage;
    job->report.error = error;
    return;
  }
  job->pid = pid;
  job->alive = 1;
}

static void end_group(struct job *job) {
  if (job->kill_at) return;
  kill(-job->pid, SIGTERM);
  job->kill_at = now_us() + job->grace_us;
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

/* Kills the orphans of a job whose group is gone. Returns how many there were. */
static int sweep(const struct job *ending) {
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

static void begin(struct job *job);

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
  send_report(&job->report);
  leave(&jobs, job);
  int went_well = job->report.code == 0 && !job->report.flags;
  free(job->argv);
  free(job->env);
  free(job->texts);
  free(job);
  if (went_well && held_jobs && !closing) begin(held_jobs);
}

static void begin(struct job *job) {
  leave(&held_jobs, job);
  job->next = jobs;
  jobs = job;
  begun = 1;
  start(job);
  if (!job->alive) finish(job);
  else if (job->timeout_us) job->deadline = job->started + job->timeout_us;
}

static void drop_held(struct job *job) {
  leave(&held_jobs, job);
  job->next = jobs;
  jobs = job;
  job->report.flags |= CANCELLED;
  finish(job);
}

static struct job *held_job(uint32_t id) {
  struct job *job = held_jobs;
  while (job && job->report.id != id) job = job->next;
  return job;
}

static void reap(void) {
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

/* Moves every job on as far as it can go now, and says how long to wait for the next thing: ms, -1 for ever. */
static int advance(void) {
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
  struct job *job = calloc(1, sizeof *job);
  char **argv = calloc(argc + 1, sizeof *argv), **env = calloc(envc + 1, sizeof *env), *texts = malloc(length);
  if (!job || !argv || !env || !texts) abort();
  memcpy(texts, frame, length);
  char *at = texts + 21;
  job->report.id = id;
  job->report.code = -1;
  job->cwd = next_text(&at);
  job->log = next_text(&at);
  job->grace_us = (uint64_t)grace * 1000;
  job->timeout_us = (uint64_t)timeout * 1000;
  for (uint32_t i = 0; i < argc; i++) argv[i] = next_text(&at);
  for (uint32_t i = 0; i < envc; i++) env[i] = next_text(&at);
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

int main(void) {
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
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  children_file = open(path, O_RDONLY | O_CLOEXEC);
  struct pollfd watched[2] = {{.fd = signals, .events = POLLIN}, {.fd = requests, .events = POLLIN}};
  while (!closing || jobs) {
    int wait = advance();
    if (closing && !jobs) break;
    poll(watched, closing ? 1 : 2, wait);
    struct signalfd_siginfo news;
    while (read(signals, &news, sizeof news) == sizeof news)
      if (news.ssi_signo != SIGCHLD) closing = 1;
    reap();
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
