/* A library for C compilers under observation. GCC resolves every system header by realpath(), which asks of each folder
 * on the way whether it is a link: 2,000 questions for a small file, about thirty different ones, and each that is
 * observed costs a switch to the observer and back. Here the first one of each is observed, and the others pass.
 * An answer never changes: a question passes unobserved only after it was observed with the same answer.
 *
 * It names no C library that it needs: the program's own answers, whichever that is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "observer-pass.h"

enum { KNOWN = 4096 };
/* The question, and the errno: EINVAL says that something is there, and that it is no link. */
static struct {
  char *path;
  int error;
} known[KNOWN];
static unsigned known_count;
static char busy;

static unsigned slot_of(const char *path) {
  unsigned hash = 2166136261u;
  for (const char *at = path; *at; at++) hash = (hash ^ (unsigned char)*at) * 16777619u;
  unsigned slot = hash % KNOWN;
  while (known[slot].path && strcmp(known[slot].path, path) != 0) slot = (slot + 1) % KNOWN;
  return slot;
}

/* Returns the errno of readlink, 0 for a link. */
static int ask(const char *path, char *room) {
  unsigned slot = slot_of(path);
  unsigned long pass = PASS, pass_too = PASS_TOO;
  if (known[slot].path && syscall(__NR_readlinkat, AT_FDCWD, path, room, PATH_MAX, pass, pass_too) < 0 &&
      errno == known[slot].error)
    return errno;
  int error = readlink(path, room, PATH_MAX) < 0 ? errno : 0;
  if (!known[slot].path && known_count < KNOWN / 2 && (known[slot].path = strdup(path))) known_count++;
  known[slot].error = error;
  return error;
}

enum { PLAIN, FAILED, LEFT };

/* Writes the real path of one that passes no link, or as much of it as there is. All others are left to the C library. */
static int resolve_plainly(const char *path, char *real) {
  char room[PATH_MAX];
  size_t length = 0;
  real[0] = 0;
  if (path[0] != '/' || strlen(path) >= PATH_MAX - 2) return LEFT;
  while (*path) {
    path += strspn(path, "/");
    size_t name = strcspn(path, "/");
    int dots = name == 2 && path[0] == '.' && path[1] == '.';
    /* A slash or a dot at the end asks for a folder. */
    if (name == 0 || (name == 1 && path[0] == '.')) return LEFT;
    size_t before = length;
    real[length] = '/';
    memcpy(real + length + 1, path, dots ? 0 : name);
    length += 1 + (dots ? 0 : name);
    real[length] = 0;
    int error = dots && before == 0 ? EINVAL : ask(real, room);
    if (error != EINVAL) {
      errno = error;
      return error == ENOENT || error == ENOTDIR ? FAILED : LEFT;
    }
    if (dots) {
      while (before > 0 && real[--before] != '/') continue;
      real[length = before] = 0;
    }
    path += name;
  }
  if (length == 0) strcpy(real, "/");
  return PLAIN;
}

/* glibc has the first, and before 2.34 the second in a library of its own. musl has the second alone. */
extern char *__realpath_chk(const char *path, char *resolved, size_t room) __attribute__((weak));
extern void *dlsym(void *handle, const char *name) __attribute__((weak));

static char *resolve_by_library(const char *path, char *resolved) {
  static char *(*original)(const char *, char *);
  if (__realpath_chk) return __realpath_chk(path, resolved, PATH_MAX);
  if (!original && dlsym) original = (char *(*)(const char *, char *))dlsym(RTLD_NEXT, "realpath");
  if (original) return original(path, resolved);
  errno = ENOSYS;
  return NULL;
}

char *realpath(const char *path, char *resolved) {
  char real[PATH_MAX];
  int outcome = LEFT;
  if (path && !__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE)) {
    outcome = resolve_plainly(path, real);
    __atomic_clear(&busy, __ATOMIC_RELEASE);
  }
  if (outcome == FAILED) {
    /* The C library tells what is missing. */
    if (resolved && errno == ENOENT) strcpy(resolved, real);
    return NULL;
  }
  if (outcome == PLAIN) return resolved ? strcpy(resolved, real) : strdup(real);
  return resolve_by_library(path, resolved);
}

char *canonicalize_file_name(const char *path) { return realpath(path, NULL); }
