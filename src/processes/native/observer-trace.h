/* The trace of one step: a table of paths, each with the questions that were asked about it. */
#ifndef OBSERVER_TRACE_H
#define OBSERVER_TRACE_H
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum look { CONTENT = 1, META = 2, EXISTS = 4, ABSENT = 8, LISTING = 16, LINK = 32, WRITTEN = 64 };

/* A mode of 0 means that nothing was there. */
struct identity {
  uint64_t dev, ino, size;
  int64_t mtime_ns, ctime_ns;
  uint32_t mode, unused;
};

struct entry {
  struct entry *next, *bucket;
  /* Where the directory that now stands here came from, so that its files are told by their former paths. */
  struct entry *moved_from;
  char *target;
  struct identity seen, before;
  uint32_t hash;
  uint16_t length;
  uint8_t looks;
  char path[];
};

/* A directory as it was named, and where it really lies: NULL where it is not there. */
struct folder {
  struct folder *bucket;
  char *real;
  uint32_t hash;
  uint16_t length;
  char named[];
};

enum { BUCKETS = 4096, FOLDER_BUCKETS = 512, ENTRIES_MAX = 1000000 };

struct trace {
  struct entry *first, **last;
  struct chunk *chunks, *folder_chunks;
  unsigned entry_count;
  struct entry *entries[BUCKETS];
  struct folder *folders[FOLDER_BUCKETS];
  /* Directories that the step made or moved. While there are none, no path lies in one. */
  unsigned moved_folders;
  /* The first reason why this trace may lack something. */
  const char *gap;
  const char *const *hidden;
  unsigned hidden_count;
};

/* NULL: no memory. */
struct trace *new_trace(const char *const *hidden, unsigned hidden_count);
void free_trace(struct trace *trace);
/* Room for a folder, until they are forgotten. NULL where there is no memory; the trace has a gap then. */
void *allot_folder(struct trace *trace, size_t bytes);
uint32_t hash_text(const char *text, size_t length);
/* To be called when a folder or a link comes, goes or moves. */
void forget_folders(struct trace *trace);

struct identity identify(const struct stat *stat);
/* Notes a look at an absolute path without links. `stat` is NULL where nothing is there. */
void note(struct trace *trace, enum look look, const char *path, const struct stat *stat);
void note_link(struct trace *trace, const char *path, const struct stat *stat, const char *target);
/* These three are called before the call takes place. Written: nothing of what was there is left. */
void note_written(struct trace *trace, const char *path, const struct stat *stat);
/* Changed: what was there goes into what will be there. */
void note_changed(struct trace *trace, const char *path, const struct stat *stat);
void note_folder_made(struct trace *trace, const char *path);
/* To be called before the move. A stat of NULL: nothing is there. */
void note_moved(struct trace *trace, const char *from, const struct stat *what, const char *to, const struct stat *stat);
void note_gap(struct trace *trace, const char *why);
/* The trace in the format that spawner.c describes, to be freed by the caller. NULL: no memory. */
unsigned char *encode_trace(const struct trace *trace, size_t *bytes);
#endif
