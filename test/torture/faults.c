// Loaded into a chef by LD_PRELOAD: counts what it does to the files below a folder, and kills it, fails it or writes it
// down at a chosen one. SQLite's writes are seen as well as Node's. Programs that chef starts are left alone.
//   FAULT_UNDER   folder whose files count
//   FAULT_CALLS   kinds that count, each with a comma behind it; all but `read,` where it is missing
//   FAULT_KILL    dies by SIGKILL before so many calls; FAULT_TORN: a write is begun and half done
//   FAULT_ERROR   first:errno:many, these calls fail
//   FAULT_COUNT   how many calls there were, and how many of them failed, is written into this file at the end
//   FAULT_LOG     every call with what it wrote goes into this file
//   FAULT_BOOT    file that is read instead of the kernel's name of this boot
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 4096
static char *files[MOST_FILES];
static char *under, *calls, *boot, *count;
static long kill_at, error_at, error_many, counted, failed;
static int error_is, torn, record = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name, type, ...)                                   \
  static type (*real)(__VA_ARGS__);                             \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static char *taken(const char *name) {
  const char *value = getenv(name);
  char *copy = value ? strdup(value) : NULL;
  unsetenv(name);
  return copy;
}

__attribute__((constructor)) static void begin(void) {
  char *name = strrchr(program_invocation_name, '/');
  if (strcmp(name ? name + 1 : program_invocation_name, "node")) return;
  under = taken("FAULT_UNDER");
  calls = taken("FAULT_CALLS");
  boot = taken("FAULT_BOOT");
  count = taken("FAULT_COUNT");
  char *value = taken("FAULT_KILL");
  if (value) kill_at = atol(value);
  value = taken("FAULT_ERROR");
  if (value) sscanf(value, "%ld:%d:%ld", &error_at, &error_is, &error_many);
  torn = taken("FAULT_TORN") != NULL;
  value = taken("FAULT_LOG");
  unsetenv("LD_PRELOAD");
  if (!value) return;
  int file = syscall(SYS_openat, AT_FDCWD, value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  record = fcntl(file, F_DUPFD_CLOEXEC, 900);
  syscall(SYS_close, file);
}

__attribute__((destructor)) static void tell(void) {
  FILE *into = count ? fopen(count, "w") : NULL;
  if (!into) return;
  fprintf(into, "%ld %ld", counted, failed);
  fclose(into);
}

static int below(const char *path) {
  size_t length = under ? strlen(under) : 0;
  return length && path && !strncmp(path, under, length) && (path[length] == '/' || !path[length]);
}

static void note(const char *kind, const char *path, const char *other, long at, const void *bytes, size_t length) {
  if (record < 0) return;
  char *line;
  int size = asprintf(&line, "%s\t%s\t%s\t%ld\t%zu\n", kind, path, other ? other : "", at, length);
  struct iovec parts[2] = {{line, size}, {(void *)bytes, length}};
  syscall(SYS_writev, record, parts, length ? 2 : 1);
  free(line);
}

enum { go_on, fail, die };

static int fate(const char *kind) {
  if (calls ? !strstr(calls, kind) : !strcmp(kind, "read,")) return go_on;
  pthread_mutex_lock(&lock);
  long now = ++counted;
  pthread_mutex_unlock(&lock);
  if (kill_at && now == kill_at) return die;
  if (!error_at || now < error_at || now >= error_at + error_many) return go_on;
  pthread_mutex_lock(&lock);
  failed++;
  pthread_mutex_unlock(&lock);
  return fail;
}

static void end(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/** True where the call must not be made. */
static int barred(const char *kind, const char *path, const char *other) {
  if (!below(path) && !below(other)) return 0;
  int what = fate(kind);
  if (what == die) end();
  if (what == fail) errno = error_is;
  return what == fail;
}

static int named(const char *kind, const char *path, const char *other, int result) {
  if (result == 0 && (below(path) || below(other))) note(kind, path, other, 0, NULL, 0);
  return result;
}

static const char *file_of(int file) { return file >= 0 && file < MOST_FILES ? files[file] : NULL; }

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  REAL("open64", int, const char *, int, ...);
  if (boot && !strcmp(path, "/proc/sys/kernel/random/boot_id")) return real(boot, flags, mode);
  if (!below(path)) return real(path, flags, mode);
  int writes = (flags & O_ACCMODE) != O_RDONLY;
  if (barred(writes ? "open," : "read,", path, NULL)) return -1;
  struct stat before;
  int is_new = (flags & O_CREAT) && stat(path, &before) != 0;
  int file = real(path, flags, mode);
  if (file < 0 || file >= MOST_FILES) return file;
  free(files[file]);
  files[file] = strdup(path);
  if (is_new || (writes && (flags & O_TRUNC))) note(is_new ? "create" : "empty", path, NULL, 0, NULL, 0);
  return file;
}

int close(int file) {
  REAL("close", int, int);
  if (file >= 0 && file < MOST_FILES && files[file]) {
    free(files[file]);
    files[file] = NULL;
  }
  return real(file);
}

/** How many of the bytes may be written; -1 where none may. */
static ssize_t allowed(const char *path, size_t length, int *dies) {
  *dies = 0;
  int what = path ? fate("write,") : go_on;
  if (what == die && (!torn || length < 2)) end();
  *dies = what == die;
  if (what == fail) errno = error_is;
  return what == fail ? -1 : what == die ? (ssize_t)length / 2 : (ssize_t)length;
}

static ssize_t put(int file, const void *bytes, size_t length, off64_t at, ssize_t (*write_them)(int, const void *, size_t, off64_t)) {
  const char *path = file_of(file);
  int dies;
  ssize_t size = allowed(path, length, &dies);
  if (size < 0) return -1;
  if (at < 0 && path) at = lseek64(file, 0, (fcntl(file, F_GETFL) & O_APPEND) ? SEEK_END : SEEK_CUR);
  // The number belongs to a socket by now: it was closed behind this shim's back.
  if (path && at < 0) path = NULL;
  ssize_t done = write_them(file, bytes, size, at);
  if (dies) end();
  if (path && done > 0) note("write", path, NULL, at, bytes, done);
  if (!path && file == 1 && done > 0) note("told", "", NULL, 0, bytes, done);
  return done;
}

static ssize_t plain_write(int file, const void *bytes, size_t length, off64_t at) {
  (void)at;
  REAL("write", ssize_t, int, const void *, size_t);
  return real(file, bytes, length);
}

static ssize_t placed_write(int file, const void *bytes, size_t length, off64_t at) {
  REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t);
  return real(file, bytes, length, at);
}

ssize_t write(int file, const void *bytes, size_t length) { return put(file, bytes, length, -1, plain_write); }
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) { return put(file, bytes, length, at, placed_write); }

ssize_t writev(int file, const struct iovec *parts, int count) {
  ssize_t all = 0;
  for (int at = 0; at < count; at++) {
    if (parts[at].iov_len == 0) continue;
    ssize_t done = write(file, parts[at].iov_base, parts[at].iov_len);
    if (done < 0) return all > 0 ? all : -1;
    all += done;
    if ((size_t)done < parts[at].iov_len) break;
  }
  return all;
}

/** A copy that the kernel makes is written down by what came out of it. */
static ssize_t copied(int file, off64_t at, ssize_t done) {
  const char *path = file_of(file);
  if (!path || done <= 0 || record < 0) return done;
  char *bytes = malloc(done);
  int again = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
  ssize_t length = pread64(again, bytes, done, at);
  syscall(SYS_close, again);
  if (length > 0) note("write", path, NULL, at, bytes, length);
  free(bytes);
  return done;
}

ssize_t sendfile64(int out, int in, off64_t *from, size_t length) {
  REAL("sendfile64", ssize_t, int, int, off64_t *, size_t);
  if (file_of(out) && barred("copy,", file_of(out), NULL)) return -1;
  off64_t at = file_of(out) ? lseek64(out, 0, SEEK_CUR) : 0;
  return copied(out, at, real(out, in, from, length));
}

long syscall(long number, ...) {
  va_list rest;
  va_start(rest, number);
  long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long);
  long d = va_arg(rest, long), e = va_arg(rest, long), f = va_arg(rest, long);
  va_end(rest);
  REAL("syscall", long, long, ...);
  if (number == SYS_close) return close((int)a);
  if (number != SYS_copy_file_range || !file_of((int)c)) return real(number, a, b, c, d, e, f);
  if (barred("copy,", file_of((int)c), NULL)) return -1;
  off64_t at = d ? *(off64_t *)d : lseek64((int)c, 0, SEEK_CUR);
  return copied((int)c, at, real(number, a, b, c, d, e, f));
}

#define BY_PATH(name, kind)                       \
  int name(const char *path) {                    \
    REAL(#name, int, const char *);               \
    if (barred(kind ",", path, NULL)) return -1;  \
    return named(kind, path, NULL, real(path));   \
  }

#define BY_TWO(name, kind, first, second)                          \
  int name(const char *one, const char *two) {                     \
    REAL(#name, int, const char *, const char *);                  \
    if (barred(kind ",", first, second)) return -1;                \
    return named(kind, one, two, real(one, two));                  \
  }

#define BY_MODE(name, kind)                              \
  int name(const char *path, mode_t mode) {              \
    REAL(#name, int, const char *, mode_t);              \
    if (barred(kind ",", path, NULL)) return -1;         \
    return named(kind, path, NULL, real(path, mode));    \
  }

#define BY_FILE(name, kind)                                      \
  int name(int file) {                                           \
    REAL(#name, int, int);                                       \
    const char *path = file_of(file);                            \
    if (path && barred(kind ",", path, NULL)) return -1;         \
    int result = real(file);                                     \
    return path ? named(kind, path, NULL, result) : result;      \
  }

BY_PATH(unlink, "unlink")
BY_PATH(rmdir, "rmdir")
BY_TWO(rename, "rename", one, two)
BY_TWO(link, "link", two, NULL)
BY_TWO(symlink, "symlink", two, NULL)
BY_MODE(mkdir, "mkdir")
BY_MODE(chmod, "chmod")
BY_FILE(fsync, "sync")
BY_FILE(fdatasync, "sync")

int ftruncate64(int file, off64_t length) {
  REAL("ftruncate64", int, int, off64_t);
  const char *path = file_of(file);
  if (path && barred("truncate,", path, NULL)) return -1;
  int result = real(file, length);
  if (path && result == 0) note("truncate", path, NULL, length, NULL, 0);
  return result;
}
