/* Prints what it finds of files, in every way there is to look for them: reader content a chdir sub stat b ... What it
 * prints is all that it saw, so a look that an observer misses is a wrong result after an edit. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *program;
static char **word;
static char *next(void) { return *word ? *word++ : ""; }

static void show(int file) {
  char bytes[4096];
  ssize_t count;
  if (file < 0) puts("nothing");
  while (file >= 0 && (count = read(file, bytes, sizeof bytes)) > 0) fwrite(bytes, 1, (size_t)count, stdout);
  if (file >= 0) close(file);
}

static void show_mapped(const char *path) {
  struct stat seen;
  int file = open(path, O_RDONLY);
  char *bytes = MAP_FAILED;
  if (file >= 0 && fstat(file, &seen) == 0 && S_ISREG(seen.st_mode) && seen.st_size > 0)
    bytes = mmap(NULL, (size_t)seen.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (bytes == MAP_FAILED) puts("nothing");
  else fwrite(bytes, 1, (size_t)seen.st_size, stdout);
  if (file >= 0) close(file);
}

static int by_name(const struct dirent **one, const struct dirent **other) {
  return strcmp((*one)->d_name, (*other)->d_name);
}

static void show_names(const char *path) {
  struct dirent **names;
  int count = scandir(path, &names, NULL, by_name);
  if (count < 0) puts("nothing");
  for (int i = 0; i < count; i++) puts(names[i]->d_name);
}

static void show_status(const char *path) {
  struct stat seen;
  if (lstat(path, &seen) < 0) puts("nothing");
  else if (S_ISREG(seen.st_mode)) printf("file %ld %o\n", (long)seen.st_size, seen.st_mode & 0777);
  else puts(S_ISDIR(seen.st_mode) ? "folder" : "other");
}

static void show_target(const char *path) {
  char target[4096];
  ssize_t count = readlink(path, target, sizeof target);
  if (count < 0) puts("nothing");
  else printf("%.*s\n", (int)count, target);
}

static int open_new_way(const char *path) {
  struct open_how how = {.flags = O_RDONLY};
  return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

/* Copies a file, moves the copy, reads that, and takes it away. */
static void show_moved(const char *path, char *copy) {
  char other[4096], bytes[4096];
  snprintf(other, sizeof other, "%s.moved", copy);
  int from = open(path, O_RDONLY), to = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ssize_t count;
  while (from >= 0 && (count = read(from, bytes, sizeof bytes)) > 0)
    if (write(to, bytes, (size_t)count) != count) abort();
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  rename(copy, other);
  show(open(other, O_RDONLY));
  unlink(other);
}

/* Runs the words that are left in a program of its own. */
static char **words_left(void) {
  static char *words[256];
  int count = 0;
  words[count++] = program;
  while (*word && count < 255) words[count++] = next();
  words[count] = NULL;
  return words;
}

static void go(void);
static void *in_thread(void *nothing) {
  go();
  return nothing;
}

static void go(void) {
  while (*word) {
    const char *verb = next();
    int status;
    pid_t child = -1;
    pthread_t thread;
    fflush(stdout);
    if (!strcmp(verb, "content")) show(open(next(), O_RDONLY));
    else if (!strcmp(verb, "mapped")) show_mapped(next());
    else if (!strcmp(verb, "openat2")) show(open_new_way(next()));
    else if (!strcmp(verb, "within")) {
      int folder = open(next(), O_RDONLY | O_DIRECTORY);
      const char *path = next();
      show(openat(folder, path, O_RDONLY));
      if (folder >= 0) close(folder);
    } else if (!strcmp(verb, "exists")) puts(access(next(), F_OK) == 0 ? "there" : "nothing");
    else if (!strcmp(verb, "status")) show_status(next());
    else if (!strcmp(verb, "target")) show_target(next());
    else if (!strcmp(verb, "names")) show_names(next());
    else if (!strcmp(verb, "moved")) {
      const char *path = next();
      show_moved(path, next());
    } else if (!strcmp(verb, "chdir")) puts(chdir(next()) == 0 ? "in" : "not in");
    else if (!strcmp(verb, "thread")) {
      if (pthread_create(&thread, NULL, in_thread, NULL) == 0) pthread_join(thread, NULL);
    } else if (!strcmp(verb, "exec")) execv(program, words_left());
    else if (!strcmp(verb, "fork")) {
      if ((child = fork()) == 0) {
        go();
        exit(0);
      }
      while (*word) next();
    } else if (!strcmp(verb, "vfork")) {
      char **words = words_left();
      if ((child = vfork()) == 0) {
        execv(program, words);
        _exit(1);
      }
    } else if (!strcmp(verb, "spawn")) posix_spawn(&child, program, NULL, NULL, words_left(), environ);
    if (child > 0) waitpid(child, &status, 0);
  }
}

int main(int count, char **words) {
  (void)count;
  program = words[0];
  word = words + 1;
  go();
  return 0;
}
