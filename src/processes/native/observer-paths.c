/* Resolves paths as a process of a step means them: relative to its folder or to a descriptor, through links and `..`.
 * A step names few folders and many files in them, so a folder is resolved once and kept until the step changes
 * any name. */
#define _GNU_SOURCE
#include "observer-paths.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

ssize_t copy_text(pid_t thread, uint64_t address, char *room, size_t bytes) {
  size_t held = 0;
  while (held < bytes) {
    /* One piece ends at the end of a page, because the next page may not be there. Most paths are short. */
    size_t piece = 4096 - ((address + held) & 4095), most = held ? bytes - held : 256;
    if (piece > most) piece = most;
    if (piece > bytes - held) piece = bytes - held;
    struct iovec local = {room + held, piece}, remote = {(void *)(uintptr_t)(address + held), piece};
    ssize_t n = process_vm_readv(thread, &local, 1, &remote, 1, 0);
    if (n <= 0) return -1;
    char *end = memchr(room + held, 0, (size_t)n);
    if (end) return end - room;
    held += (size_t)n;
  }
  errno = ENAMETOOLONG;
  return -1;
}

static int read_link(const char *path, char *room) {
  ssize_t n = readlink(path, room, 4096);
  if (n <= 0 || n >= 4096) return -1;
  room[n] = 0;
  return (int)n;
}

/* Joins in place; -1 where there is no room. */
static int append(char *path, size_t length, const char *name, size_t name_length) {
  if (length == 1) length = 0;
  if (length + 1 + name_length >= 4096) return -1;
  path[length] = '/';
  memcpy(path + length + 1, name, name_length);
  path[length + 1 + name_length] = 0;
  return 0;
}

static void drop_name(char *path) {
  char *slash = strrchr(path, '/');
  if (slash == path) path[1] = 0;
  else *slash = 0;
}

/* /proc/self means the caller, which would be us. Returns how many bytes of the path were replaced, 0 for none. */
static size_t magic_prefix(pid_t thread, const char *path, char *room) {
  static const char *const selves[] = {"/proc/self/", "/proc/thread-self/", "/dev/fd/"};
  static const char *const streams[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
  for (int i = 0; i < 3; i++) {
    size_t length = strlen(selves[i]);
    if (strncmp(path, selves[i], length) == 0) {
      snprintf(room, 64, i == 2 ? "/proc/%d/fd/" : "/proc/%d/", thread);
      return length;
    }
    if (strcmp(path, streams[i]) == 0) {
      snprintf(room, 64, "/proc/%d/fd/%d", thread, i);
      return strlen(streams[i]);
    }
  }
  return 0;
}

/* Paths through /proc lead out of it where they pass a descriptor, a folder or a program. Returns 1 if this one does,
 * and writes where it leads. */
static int leave_proc(pid_t thread, const char *path, int follow, char *room) {
  char start[64 + 4096], target[4096];
  size_t replaced = magic_prefix(thread, path, start);
  if (!replaced && strncmp(path, "/proc/", 6) != 0) return 0;
  if (replaced) snprintf(start + strlen(start), 4096, "%s", path + replaced);
  else snprintf(start, sizeof start, "%s", path);
  for (char *at = start + 6; *at;) {
    char *end = strchrnul(at, '/'), kept = *end;
    size_t length = (size_t)(end - at);
    int last = kept == 0;
    *end = 0;
    int magic = (length == 3 && memcmp(at, "cwd", 3) == 0) || (length == 4 && memcmp(at, "root", 4) == 0) ||
                (length == 3 && memcmp(at, "exe", 3) == 0) || (at - start > 4 && memcmp(at - 4, "/fd/", 4) == 0);
    if (magic && !(last && !follow) && read_link(start, target) > 0 && target[0] == '/') {
      *end = kept;
      if (strlen(target) + strlen(end) >= 4096) return 0;
      snprintf(room, PATH_ROOM, "%s%s", target, end);
      return 1;
    }
    *end = kept;
    at = last ? end : end + 1;
  }
  return 0;
}

static const char *real_folder(struct trace *trace, const char *path, size_t length, int *links);

/* Follows a link that lies in a real folder. Its target is resolved as a folder. */
static const char *follow_link(struct trace *trace, const char *link, const struct stat *stat, int *links) {
  char target[4096], joined[PATH_ROOM];
  int n = read_link(link, target);
  if (n < 0 || ++*links > LINKS_MAX) return NULL;
  note_link(trace, link, stat, target);
  if (target[0] == '/') return real_folder(trace, target, (size_t)n, links);
  snprintf(joined, sizeof joined, "%s", link);
  drop_name(joined);
  if (append(joined, strlen(joined), target, (size_t)n) < 0) return NULL;
  return real_folder(trace, joined, strlen(joined), links);
}

static const char *resolve_folder(struct trace *trace, const char *path, size_t length, int *links) {
  while (length > 0 && path[length - 1] == '/') length--;
  if (length == 0) return "/";
  size_t start = length;
  while (path[start - 1] != '/') start--;
  const char *parent = real_folder(trace, path, start - 1, links), *name = path + start;
  size_t name_length = length - start;
  if (!parent || (name_length == 1 && name[0] == '.')) return parent;
  char *real = allot_folder(trace, strlen(parent) + name_length + 2);
  if (!real) return NULL;
  strcpy(real, parent);
  if (name_length == 2 && name[0] == '.' && name[1] == '.') {
    drop_name(real);
    return real;
  }
  if (append(real, strlen(real), name, name_length) < 0) return NULL;
  struct stat stat;
  if (lstat(real, &stat) < 0) return NULL;
  if (S_ISLNK(stat.st_mode)) return follow_link(trace, real, &stat, links);
  return S_ISDIR(stat.st_mode) ? real : NULL;
}

/* The real path of an absolute path's first `length` bytes, or NULL where no directory is there. */
static const char *real_folder(struct trace *trace, const char *path, size_t length, int *links) {
  if (length == 0) return "/";
  if (length >= 4096) return NULL;
  uint32_t hash = hash_text(path, length);
  struct folder **bucket = &trace->folders[hash % FOLDER_BUCKETS];
  for (struct folder *folder = *bucket; folder; folder = folder->bucket)
    if (folder->hash == hash && folder->length == length && memcmp(folder->named, path, length) == 0)
      return folder->real;
  const char *real = resolve_folder(trace, path, length, links);
  /* The content of /proc depends on the process that asks. */
  if (real && strncmp(real, "/proc", 5) == 0) return real;
  struct folder *folder = allot_folder(trace, sizeof *folder + length);
  if (!folder) return NULL;
  memcpy(folder->named, path, length);
  folder->hash = hash;
  folder->length = (uint16_t)length;
  folder->real = (char *)real;
  folder->bucket = *bucket;
  *bucket = folder;
  return real;
}

/* Nothing is at a path whose folder is missing. Where `..` follows later, only the first missing name says so. */
static void miss(struct trace *trace, const char *path, size_t length, struct place *place) {
  int links = 0;
  place->error = ENOENT;
  place->folder_missing = 1;
  size_t end = length;
  const char *parent;
  for (;;) {
    while (end > 0 && path[end - 1] != '/') end--;
    while (end > 0 && path[end - 1] == '/') end--;
    parent = real_folder(trace, path, end, &links);
    if (parent) break;
  }
  const char *rest = path + end;
  snprintf(place->path, PATH_ROOM, "%s", parent);
  while (*rest) {
    while (*rest == '/') rest++;
    size_t name_length = strcspn(rest, "/");
    if (name_length == 2 && rest[0] == '.' && rest[1] == '.') return;
    if (name_length && !(name_length == 1 && rest[0] == '.') &&
        append(place->path, strlen(place->path), rest, name_length) < 0)
      break;
    rest += name_length;
  }
}

static void resolve(struct trace *trace, pid_t thread, const char *path, int follow, struct place *place, int *links) {
  char room[PATH_ROOM];
  if (leave_proc(thread, path, follow, room)) path = room;
  if (strncmp(path, "/proc/", 6) == 0) {
    place->error = -1;
    return;
  }
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') {
    length--;
    place->folder_only = follow = 1;
  }
  size_t start = length;
  while (start > 0 && path[start - 1] != '/') start--;
  const char *name = path + start;
  size_t name_length = length - start;
  int special = name_length == 0 || (name[0] == '.' && (name_length == 1 || (name_length == 2 && name[1] == '.')));
  const char *parent = real_folder(trace, path, special ? length : start - 1, links);
  if (!parent) {
    miss(trace, path, length, place);
    return;
  }
  snprintf(place->path, PATH_ROOM, "%s", parent);
  if (!special && append(place->path, strlen(parent), name, name_length) < 0) {
    note_gap(trace, "a path was too long to follow");
    place->error = -1;
    return;
  }
  if (lstat(place->path, &place->stat) < 0) {
    place->error = ENOENT;
    return;
  }
  place->error = 0;
  if (!S_ISLNK(place->stat.st_mode) || !follow) return;
  char target[4096], joined[PATH_ROOM];
  int n = read_link(place->path, target);
  if (n < 0 || ++*links > LINKS_MAX) {
    place->error = -1;
    return;
  }
  note_link(trace, place->path, &place->stat, target);
  if (target[0] == '/') {
    resolve(trace, thread, target, 1, place, links);
    return;
  }
  snprintf(joined, sizeof joined, "%s", place->path);
  drop_name(joined);
  if (append(joined, strlen(joined), target, (size_t)n) < 0) {
    note_gap(trace, "a path was too long to follow");
    place->error = -1;
    return;
  }
  resolve(trace, thread, joined, 1, place, links);
}

/* The folder that relative paths begin at: "" where it lies nowhere any more, NULL where it cannot be known. */
static const char *base_folder(pid_t thread, int folder, char *room) {
  char link[64];
  if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", thread);
  else snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, folder);
  ssize_t n = readlink(link, room, 4096);
  if (n < 0) return errno == ENAMETOOLONG || errno == EACCES || errno == EPERM ? NULL : "";
  if (n >= 4096) return NULL;
  room[n] = 0;
  struct stat stat;
  /* A folder that was removed shows with a remark behind its path. */
  if (room[0] != '/' || (n > 10 && strcmp(room + n - 10, " (deleted)") == 0 && lstat(room, &stat) < 0)) return "";
  return room;
}

void find_place(struct trace *trace, pid_t thread, int folder, const char *path, int follow, struct place *place) {
  int links = 0;
  place->folder_only = place->folder_missing = 0;
  place->error = -1;
  /* The kernel refuses an empty path. */
  if (path[0] == 0) return;
  if (path[0] == '/') {
    resolve(trace, thread, path, follow, place, &links);
    return;
  }
  char joined[PATH_ROOM];
  const char *base = base_folder(thread, folder, joined);
  if (!base) {
    note_gap(trace, "the folder of a process could not be seen");
    return;
  }
  if (!*base) return;
  if (append(joined, strlen(joined), path, strlen(path)) < 0) {
    note_gap(trace, "a path was too long to follow");
    return;
  }
  resolve(trace, thread, joined, follow, place, &links);
}

void find_descriptor(struct trace *trace, pid_t thread, int descriptor, struct place *place) {
  char room[4096];
  place->folder_only = place->folder_missing = 0;
  place->error = -1;
  const char *base = base_folder(thread, descriptor, room);
  if (!base) note_gap(trace, "a descriptor of a process could not be seen");
  if (!base || !*base) return;
  snprintf(place->path, PATH_ROOM, "%s", base);
  place->error = lstat(base, &place->stat) == 0 ? 0 : -1;
}
