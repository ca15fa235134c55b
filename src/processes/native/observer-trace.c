/* Collects what one step looked for. A path that the step has written is its own from then on, and later looks at it
 * are not noted. Nobody tells us whether a write succeeded, so a path counts as written only while it differs from
 * what it was before. */
#include "observer-trace.h"
#include <stdlib.h>
#include <string.h>
#include "observer-gate.h"

struct chunk {
  struct chunk *next;
  size_t used;
  char bytes[65536 - 2 * sizeof(size_t)];
};

static void *allot(struct trace *trace, struct chunk **chunks, size_t bytes) {
  bytes = (bytes + 7) & ~(size_t)7;
  struct chunk *chunk = *chunks;
  if (!chunk || chunk->used + bytes > sizeof chunk->bytes) {
    chunk = malloc(sizeof *chunk);
    if (!chunk) {
      note_gap(trace, "there was too little memory");
      return NULL;
    }
    chunk->next = *chunks;
    chunk->used = 0;
    *chunks = chunk;
  }
  void *place = chunk->bytes + chunk->used;
  chunk->used += bytes;
  return place;
}

void *allot_folder(struct trace *trace, size_t bytes) { return allot(trace, &trace->folder_chunks, bytes); }

static void free_chunks(struct chunk **chunks) {
  while (*chunks) {
    struct chunk *next = (*chunks)->next;
    free(*chunks);
    *chunks = next;
  }
}

struct trace *new_trace(const char *const *hidden, unsigned hidden_count) {
  struct trace *trace = calloc(1, sizeof *trace);
  if (!trace) return NULL;
  trace->last = &trace->first;
  trace->hidden = hidden;
  trace->hidden_count = hidden_count;
  return trace;
}

void free_trace(struct trace *trace) {
  free_chunks(&trace->chunks);
  free_chunks(&trace->folder_chunks);
  free(trace);
}

/* FNV-1a. */
uint32_t hash_text(const char *text, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 16777619u;
  return hash;
}

void forget_folders(struct trace *trace) {
  if (!trace->folder_chunks) return;
  memset(trace->folders, 0, sizeof trace->folders);
  free_chunks(&trace->folder_chunks);
}

void note_gap(struct trace *trace, const char *why) {
  if (!trace->gap) trace->gap = why;
}

struct identity identify(const struct stat *stat) {
  if (!stat) return (struct identity){0};
  return (struct identity){
      .dev = stat->st_dev,
      .ino = stat->st_ino,
      .size = (uint64_t)stat->st_size,
      .mtime_ns = (int64_t)stat->st_mtim.tv_sec * 1000000000 + stat->st_mtim.tv_nsec,
      .ctime_ns = (int64_t)stat->st_ctim.tv_sec * 1000000000 + stat->st_ctim.tv_nsec,
      .mode = stat->st_mode,
  };
}

/* Entries of a directory change its times, so only another directory in its place counts as a difference. */
static int differs(const struct identity *was, const struct identity *is) {
  if (was->dev != is->dev || was->ino != is->ino || (was->mode & S_IFMT) != (is->mode & S_IFMT)) return 1;
  if (S_ISDIR(was->mode)) return 0;
  return was->size != is->size || was->mtime_ns != is->mtime_ns || was->ctime_ns != is->ctime_ns;
}

static int is_under(const char *path, const char *folder) {
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == 0 || path[length] == '/' || length == 1);
}

static int is_hidden(const struct trace *trace, const char *path) {
  if (is_under(path, "/proc") || is_under(path, "/sys") || is_under(path, "/dev")) return 1;
  for (unsigned i = 0; i < trace->hidden_count; i++)
    if (is_under(path, trace->hidden[i])) return 1;
  return strcmp(path, gate_path()) == 0;
}

static struct entry *find_entry(const struct trace *trace, const char *path, size_t length, uint32_t hash) {
  struct entry *entry = trace->entries[hash % BUCKETS];
  while (entry && (entry->hash != hash || entry->length != length || memcmp(entry->path, path, length) != 0))
    entry = entry->bucket;
  return entry;
}

static struct entry *entry_of(struct trace *trace, const char *path) {
  size_t length = strlen(path);
  uint32_t hash = hash_text(path, length);
  struct entry *entry = find_entry(trace, path, length, hash);
  if (entry) return entry;
  if (trace->entry_count == ENTRIES_MAX) note_gap(trace, "the step looked for more than a million paths");
  if (trace->entry_count == ENTRIES_MAX) return NULL;
  entry = allot(trace, &trace->chunks, sizeof *entry + length + 1);
  if (!entry) return NULL;
  trace->entry_count++;
  memset(entry, 0, sizeof *entry);
  memcpy(entry->path, path, length + 1);
  entry->hash = hash;
  entry->length = (uint16_t)length;
  entry->bucket = trace->entries[hash % BUCKETS];
  trace->entries[hash % BUCKETS] = entry;
  *trace->last = entry;
  trace->last = &entry->next;
  return entry;
}

static int is_own(const struct entry *entry, const struct stat *stat) {
  if (!(entry->looks & WRITTEN)) return 0;
  struct identity now = identify(stat);
  return differs(&entry->before, &now);
}

/* Follows a path through the directories that the step made or moved. Returns NULL where the step made the nearest of
 * them, and else the path under which that content lay before the step began. */
static const char *origin(const struct trace *trace, const char *path, char *room) {
  for (int moves = 0; trace->moved_folders && moves < 40; moves++) {
    const struct entry *holder = NULL;
    size_t length = strlen(path);
    for (size_t at = length - 1; at > 0 && !holder; at--) {
      if (path[at] != '/') continue;
      struct entry *entry = find_entry(trace, path, at, hash_text(path, at));
      struct stat stat;
      if (entry && (entry->looks & WRITTEN) && lstat(entry->path, &stat) == 0 && S_ISDIR(stat.st_mode) &&
          is_own(entry, &stat))
        holder = entry;
    }
    if (!holder) return path;
    if (!holder->moved_from) return NULL;
    size_t rest = length - holder->length, start = holder->moved_from->length;
    if (start + rest >= 4096) return path;
    memmove(room + start, path + holder->length, rest + 1);
    memcpy(room, holder->moved_from->path, start);
    path = room;
  }
  return path;
}

static struct entry *foreign_entry(struct trace *trace, const char *path, const struct stat *stat) {
  char room[8192];
  path = origin(trace, path, room);
  if (!path || is_hidden(trace, path)) return NULL;
  struct entry *entry = entry_of(trace, path);
  if (entry && is_own(entry, stat)) return entry->moved_from;
  return entry;
}

void note(struct trace *trace, enum look look, const char *path, const struct stat *stat) {
  struct entry *entry = foreign_entry(trace, path, stat);
  if (!entry) return;
  if (stat && !entry->seen.mode) entry->seen = identify(stat);
  entry->looks |= look;
}

void note_link(struct trace *trace, const char *path, const struct stat *stat, const char *target) {
  struct entry *entry = foreign_entry(trace, path, stat);
  if (!entry || (entry->looks & LINK)) return;
  size_t bytes = strlen(target) + 1;
  entry->target = allot(trace, &trace->chunks, bytes);
  if (!entry->target) return;
  memcpy(entry->target, target, bytes);
  if (!entry->seen.mode) entry->seen = identify(stat);
  entry->looks |= LINK;
}

static struct entry *written_entry(struct trace *trace, const char *path, const struct stat *stat) {
  if (is_hidden(trace, path)) return NULL;
  struct entry *entry = entry_of(trace, path);
  if (!entry) return NULL;
  if (!(entry->looks & WRITTEN)) entry->before = identify(stat);
  entry->looks |= WRITTEN;
  return entry;
}

void note_written(struct trace *trace, const char *path, const struct stat *stat) {
  if (stat && S_ISLNK(stat->st_mode)) forget_folders(trace);
  written_entry(trace, path, stat);
}

void note_changed(struct trace *trace, const char *path, const struct stat *stat) {
  note(trace, S_ISREG(stat->st_mode) ? CONTENT : META, path, stat);
  written_entry(trace, path, stat);
}

void note_folder_made(struct trace *trace, const char *path) {
  forget_folders(trace);
  if (written_entry(trace, path, NULL)) trace->moved_folders++;
}

void note_moved(struct trace *trace, const char *from, const struct stat *what, const char *to,
                const struct stat *stat) {
  char room[8192];
  if (!S_ISREG(what->st_mode) || (stat && S_ISLNK(stat->st_mode))) forget_folders(trace);
  if (!S_ISDIR(what->st_mode)) {
    /* Its bytes live on under the new name. */
    if (S_ISREG(what->st_mode)) note(trace, CONTENT, from, what);
    written_entry(trace, from, what);
    written_entry(trace, to, stat);
    return;
  }
  const char *source = origin(trace, from, room);
  struct entry *old = source && !is_hidden(trace, source) ? entry_of(trace, source) : NULL;
  int own = !old || (is_own(old, what) && !old->moved_from);
  if (old && is_own(old, what) && old->moved_from) old = old->moved_from;
  written_entry(trace, from, what);
  struct entry *entry = written_entry(trace, to, stat);
  if (!entry) {
    if (!own) note_gap(trace, "a folder was moved to where nothing is observed");
    return;
  }
  entry->moved_from = own ? NULL : old;
  trace->moved_folders++;
}

static size_t encode_look(unsigned char *to, enum look look, const struct entry *entry) {
  const struct identity *identity = look == WRITTEN ? &entry->before : look == ABSENT ? NULL : &entry->seen;
  size_t target = look == LINK ? strlen(entry->target) + 1 : 0;
  uint16_t bytes = (uint16_t)(entry->length + target);
  uint32_t mode = identity ? identity->mode : 0;
  if (to) {
    to[0] = (unsigned char)look;
    to[1] = mode != 0;
    memcpy(to + 2, &bytes, 2);
    memcpy(to + 4, &mode, 4);
    if (mode) memcpy(to + 8, identity, 40);
    unsigned char *text = to + 8 + (mode ? 40 : 0);
    memcpy(text, entry->path, entry->length);
    if (target) {
      text[entry->length] = 0;
      memcpy(text + entry->length + 1, entry->target, target - 1);
    }
  }
  return 8 + (mode ? 40 : 0) + bytes;
}

/* Drops writes that failed, and files that are gone again. */
static void settle(struct entry *entry) {
  struct stat stat;
  if ((entry->looks & WRITTEN) && !is_own(entry, lstat(entry->path, &stat) == 0 ? &stat : NULL))
    entry->looks &= (uint8_t)~WRITTEN;
}

/* Whoever knows the content knows the mode and the size, and whoever knows those knows that it is there. */
static size_t encode_entry(unsigned char *to, const struct entry *entry) {
  unsigned looks = entry->looks;
  if (looks & CONTENT) looks &= ~(unsigned)(META | EXISTS);
  if (looks & (META | LISTING)) looks &= ~(unsigned)EXISTS;
  size_t bytes = 0;
  for (unsigned look = 1; look <= WRITTEN; look <<= 1)
    if (looks & look) bytes += encode_look(to ? to + bytes : NULL, look, entry);
  return bytes;
}

unsigned char *encode_trace(const struct trace *trace, size_t *bytes) {
  size_t needed = 0;
  for (struct entry *entry = trace->first; entry; entry = entry->next) {
    settle(entry);
    needed += encode_entry(NULL, entry);
  }
  unsigned char *text = malloc(needed ? needed : 1), *at = text;
  if (!text) return NULL;
  for (const struct entry *entry = trace->first; entry; entry = entry->next) at += encode_entry(at, entry);
  *bytes = needed;
  return text;
}
