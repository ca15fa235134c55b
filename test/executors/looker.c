/* Looks at files in every way there is, as its words say: looker open a stat b ... Each verb takes its own arguments.
 * A verb that fails is no failure: most look for what is not there. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char **word;
static const char *next(void) { return *word ? *word++ : ""; }

static void consume(int file) {
  char bytes[512];
  while (file >= 0 && read(file, bytes, sizeof bytes) > 0) continue;
  if (file >= 0) close(file);
}
static void produce(int file) {
  if (file >= 0 && write(file, "made\n", 5) != 5) abort();
  if (file >= 0) close(file);
}
static int folder(const char *path) { return open(path, O_PATH | O_DIRECTORY); }
static void on_alarm(int number) { (void)number; }
static void go(void);
static void *in_thread(void *nothing) {
  go();
  return nothing;
}

/* The text begins in front of the end of a page, and ends behind it or right at it. */
static const char *at_page_end(const char *text, int crosses) {
  char *pages = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  size_t bytes = strlen(text) + 1;
  mprotect(pages + 8192, 4096, PROT_NONE);
  return memcpy(pages + (crosses ? 4096 - bytes / 2 : 8192 - bytes), text, bytes);
}

static void go(void) {
  while (*word) {
    const char *verb = next();
    struct stat stat_of;
    char room[8192];
    int status;
    if (!strcmp(verb, "open")) consume(open(next(), O_RDONLY));
    else if (!strcmp(verb, "open-page-end")) consume(open(at_page_end(next(), 0), O_RDONLY));
    else if (!strcmp(verb, "open-page-cross")) consume(open(at_page_end(next(), 1), O_RDONLY));
    else if (!strcmp(verb, "open-folder")) consume(open(next(), O_RDONLY | O_DIRECTORY));
    else if (!strcmp(verb, "openat")) {
      int in = folder(next());
      consume(openat(in, next(), O_RDONLY));
    } else if (!strcmp(verb, "openat2")) {
      uint64_t how[3] = {O_RDONLY, 0, 0};
      consume((int)syscall(437, AT_FDCWD, next(), how, sizeof how));
    } else if (!strcmp(verb, "mmap")) {
      int file = open(next(), O_RDONLY);
      if (*(char *)mmap(NULL, 1, PROT_READ, MAP_PRIVATE, file, 0) == 0) abort();
    } else if (!strcmp(verb, "proc-fd")) {
      int file = open(next(), O_PATH);
      snprintf(room, sizeof room, "/proc/self/fd/%d", file);
      consume(open(room, O_RDONLY));
    } else if (!strcmp(verb, "proc-cwd")) {
      snprintf(room, sizeof room, "/proc/%d/cwd/%s", getpid(), next());
      consume(open(room, O_RDONLY));
    } else if (!strcmp(verb, "stat")) stat(next(), &stat_of);
    else if (!strcmp(verb, "lstat")) lstat(next(), &stat_of);
    else if (!strcmp(verb, "fstatat")) {
      int in = folder(next());
      fstatat(in, next(), &stat_of, 0);
    } else if (!strcmp(verb, "exists")) access(next(), F_OK);
    else if (!strcmp(verb, "readable")) access(next(), R_OK);
    else if (!strcmp(verb, "readlink")) status = (int)readlink(next(), room, sizeof room);
    else if (!strcmp(verb, "list")) {
      DIR *dir = opendir(next());
      while (dir && readdir(dir)) continue;
    } else if (!strcmp(verb, "chdir")) status = chdir(next());
    else if (!strcmp(verb, "fchdir")) status = fchdir(folder(next()));
    else if (!strcmp(verb, "write")) produce(open(next(), O_WRONLY | O_CREAT | O_TRUNC, 0644));
    else if (!strcmp(verb, "append")) produce(open(next(), O_WRONLY | O_CREAT | O_APPEND, 0644));
    else if (!strcmp(verb, "exclusive")) produce(open(next(), O_WRONLY | O_CREAT | O_EXCL, 0644));
    else if (!strcmp(verb, "write-anew")) produce(open(next(), O_WRONLY | O_TRUNC));
    else if (!strcmp(verb, "mkdir")) mkdir(next(), 0755);
    else if (!strcmp(verb, "rmdir")) rmdir(next());
    else if (!strcmp(verb, "unlink")) unlink(next());
    else if (!strcmp(verb, "chmod")) chmod(next(), 0600);
    else if (!strcmp(verb, "truncate")) status = truncate(next(), 2);
    else if (!strcmp(verb, "rename")) {
      const char *from = next();
      rename(from, next());
    } else if (!strcmp(verb, "link")) {
      const char *from = next();
      status = link(from, next());
    } else if (!strcmp(verb, "symlink")) {
      const char *target = next();
      status = symlink(target, next());
    } else if (!strcmp(verb, "exec")) execv(word[0], word);
    else if (!strcmp(verb, "spawn") || !strcmp(verb, "vfork")) {
      pid_t pid = -1;
      if (verb[0] == 's') posix_spawn(&pid, word[0], NULL, NULL, word, environ);
      else if ((pid = vfork()) == 0) {
        execv(word[0], word);
        _exit(127);
      }
      if (pid > 0) waitpid(pid, &status, 0);
      while (*word) word++;
    } else if (!strcmp(verb, "thread")) {
      pthread_t thread;
      if (pthread_create(&thread, NULL, in_thread, NULL) == 0) pthread_join(thread, NULL);
    } else if (!strcmp(verb, "alarms")) {
      struct itimerval often = {{0, 200}, {0, 200}};
      struct sigaction action = {.sa_handler = on_alarm};
      sigaction(SIGALRM, &action, NULL);
      setitimer(ITIMER_REAL, &often, NULL);
      for (int i = 0; i < 300; i++) access("looked-for", F_OK);
      // A call that is interrupted before the observer answers fails with EINTR, and nothing is opened.
      setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    } else if (!strcmp(verb, "io-uring")) {
      char parameters[256] = {0};
      if (syscall(425, 4, parameters) >= 0) abort();
    } else if (!strcmp(verb, "chroot")) status = chroot(next());
    else if (!strcmp(verb, "daemon")) {
      if (fork() == 0) {
        setsid();
        close(1);
        close(2);
        if (fork()) _exit(0);
        for (;;) pause();
      }
    } else {
      fprintf(stderr, "no such verb: %s\n", verb);
      exit(2);
    }
    (void)status;
  }
}

int main(int count, char **words) {
  (void)count;
  word = words + 1;
  go();
  return 0;
}
