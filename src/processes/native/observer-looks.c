/* Notes what one system call looks for. The call has not happened yet, and we will not be told how it ended, so we
 * look ourselves at what it is going to find. What a thread does to the memory of another one's path between our look
 * and the kernel's is not seen. */
#define _GNU_SOURCE
#include "observer-looks.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "observer-calls.h"
#include "observer-gate.h"
#include "observer-paths.h"

#ifndef RESOLVE_IN_ROOT
#define RESOLVE_IN_ROOT 0x10
#endif
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif
#if defined __x86_64__
#define NATIVE_MACHINE EM_X86_64
#elif defined __aarch64__
#define NATIVE_MACHINE EM_AARCH64
#endif

static void note_copy_failure(struct trace *trace) {
  /* A process that has died reads nothing, and the kernel refuses paths that are longer than this. */
  if (errno == ESRCH || errno == ENAMETOOLONG) return;
  note_gap(trace, errno == EFAULT ? "a path lies in memory that cannot be read"
                                  : "the memory of a process may not be read");
}

static int folder_argument(const struct stopped_call *stopped, int index) {
  return index == NO_ARGUMENT ? AT_FDCWD : (int)stopped->arguments[index];
}

/* Returns 0 where the call names nothing by a path. */
static int locate(struct trace *trace, const struct stopped_call *stopped, int folder, int path, int follow,
                  struct place *place) {
  char text[4096];
  if (!stopped->arguments[path]) return 0;
  if (copy_text(stopped->thread, stopped->arguments[path], text, sizeof text) < 0) {
    note_copy_failure(trace);
    return 0;
  }
  find_place(trace, stopped->thread, folder_argument(stopped, folder), text, follow, place);
  return place->error >= 0;
}

/* Notes a look, whatever is there. */
static void note_place(struct trace *trace, enum look look, const struct place *place) {
  if (place->error) {
    note(trace, ABSENT, place->path, NULL);
  } else if (S_ISLNK(place->stat.st_mode)) {
    char target[4096];
    ssize_t n = readlink(place->path, target, sizeof target - 1);
    if (n < 0) return;
    target[n] = 0;
    note_link(trace, place->path, &place->stat, target);
  } else if (place->folder_only && !S_ISDIR(place->stat.st_mode)) {
    note(trace, EXISTS, place->path, &place->stat);
  } else {
    note(trace, look, place->path, &place->stat);
  }
}

static void note_open(struct trace *trace, const struct call *call, const struct stopped_call *stopped, int flags) {
  struct place place;
  int exclusive = (flags & O_CREAT) && (flags & O_EXCL);
  int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);
  if (!locate(trace, stopped, call->folder, call->path, !exclusive && !(flags & O_NOFOLLOW), &place)) return;
  if (flags & O_PATH) {
    note_place(trace, META, &place);
  } else if ((flags & O_TMPFILE) == O_TMPFILE) {
    note_place(trace, EXISTS, &place);
  } else if (place.error) {
    int makes = (flags & O_CREAT) && !place.folder_missing && !place.folder_only;
    if (!makes || !(flags & (O_EXCL | O_TRUNC))) note(trace, ABSENT, place.path, NULL);
    if (makes) note_written(trace, place.path, NULL);
  } else if (exclusive || !S_ISREG(place.stat.st_mode) || (flags & O_DIRECTORY)) {
    note_place(trace, EXISTS, &place);
  } else if (!writes || place.folder_only) {
    note_place(trace, CONTENT, &place);
  } else if (flags & O_TRUNC) {
    note_written(trace, place.path, &place.stat);
  } else {
    note_changed(trace, place.path, &place.stat);
  }
}

static void note_open_how(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  uint64_t how[3];
  struct iovec local = {how, sizeof how}, remote = {(void *)(uintptr_t)stopped->arguments[call->flags], sizeof how};
  if (process_vm_readv(stopped->thread, &local, 1, &remote, 1, 0) != sizeof how) {
    note_copy_failure(trace);
    return;
  }
  if (how[2] & RESOLVE_IN_ROOT) note_gap(trace, "a path was opened under a root of its own");
  note_open(trace, call, stopped, (int)how[0]);
}

static void note_stat(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place place;
  int flags = call->flags == NO_ARGUMENT ? call->fixed : (int)stopped->arguments[call->flags];
  if (locate(trace, stopped, call->folder, call->path, !(flags & AT_SYMLINK_NOFOLLOW), &place)) {
    note_place(trace, META, &place);
  } else if ((flags & AT_EMPTY_PATH) && folder_argument(stopped, call->folder) == AT_FDCWD) {
    find_place(trace, stopped->thread, AT_FDCWD, ".", 1, &place);
    if (place.error >= 0) note_place(trace, META, &place);
  }
}

static void note_access(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place place;
  int follow = stopped->number == __NR_faccessat || call->folder == NO_ARGUMENT ||
               !(stopped->arguments[3] & AT_SYMLINK_NOFOLLOW);
  if (!locate(trace, stopped, call->folder, call->path, follow, &place)) return;
  note_place(trace, stopped->arguments[call->flags] == F_OK ? EXISTS : META, &place);
}

/* An interpreter as a program names it: behind #!, or in a segment of its own. Returns 0 if there is none. */
static int find_interpreter(struct trace *trace, const char *path, char *room) {
  char head[4096];
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (file < 0) return 0;
  ssize_t n = pread(file, head, sizeof head - 1, 0);
  int found = 0;
  Elf64_Ehdr *elf = (Elf64_Ehdr *)head;
  if (n > 2 && head[0] == '#' && head[1] == '!') {
    head[n] = 0;
    char *start = head + 2 + strspn(head + 2, " \t");
    start[strcspn(start, " \t\n")] = 0;
    snprintf(room, 4096, "%s", start);
    found = 1;
  } else if (n > (ssize_t)sizeof *elf && memcmp(elf->e_ident, ELFMAG, SELFMAG) == 0) {
    if (elf->e_ident[EI_CLASS] != ELFCLASS64 || elf->e_machine != NATIVE_MACHINE)
      note_gap(trace, "a program of another machine was executed");
    for (int i = 0; elf->e_ident[EI_CLASS] == ELFCLASS64 && i < elf->e_phnum; i++) {
      Elf64_Phdr segment;
      if (pread(file, &segment, sizeof segment, (off_t)(elf->e_phoff + (uint64_t)i * elf->e_phentsize)) !=
          sizeof segment)
        break;
      if (segment.p_type != PT_INTERP || segment.p_filesz == 0 || segment.p_filesz > 4095) continue;
      found = pread(file, room, segment.p_filesz, (off_t)segment.p_offset) == (ssize_t)segment.p_filesz;
      room[segment.p_filesz] = 0;
      break;
    }
  } else if (n > 0 && access("/proc/sys/fs/binfmt_misc/status", F_OK) == 0) {
    note_gap(trace, "a program was executed through an interpreter that only the kernel knows");
  }
  close(file);
  return found;
}

/* Most steps execute the same few programs. */
static int remember_interpreter(struct trace *trace, const struct place *place, char *room) {
  static struct {
    struct identity identity;
    int found;
    char interpreter[4096];
  } memory[64];
  struct identity identity = identify(&place->stat);
  unsigned slot = (unsigned)(identity.ino % 64);
  if (memcmp(&memory[slot].identity, &identity, sizeof identity) != 0) {
    const char *gap = trace->gap;
    trace->gap = NULL;
    int found = find_interpreter(trace, place->path, room);
    int told = trace->gap != NULL;
    if (gap || !told) trace->gap = gap;
    if (told) return found;
    memory[slot].identity = identity;
    memory[slot].found = found;
    if (found) snprintf(memory[slot].interpreter, 4096, "%s", room);
  }
  if (memory[slot].found) snprintf(room, 4096, "%s", memory[slot].interpreter);
  return memory[slot].found;
}

static void note_executed(struct trace *trace, pid_t thread, const struct place *place) {
  char room[4096];
  struct place at = *place;
  if (!at.error) expect_gate(thread, at.path);
  for (int depth = 0; depth < 6; depth++) {
    if (at.error < 0) return;
    note_place(trace, !at.error && S_ISREG(at.stat.st_mode) ? CONTENT : META, &at);
    if (at.error || !S_ISREG(at.stat.st_mode) || !remember_interpreter(trace, &at, room)) return;
    if (room[0] != '/') note_gap(trace, "a script names its interpreter by a relative path");
    find_place(trace, thread, AT_FDCWD, room, 1, &at);
  }
}

void note_program(struct trace *trace, pid_t thread, int folder, const char *path) {
  struct place place;
  find_place(trace, thread, folder, path, 1, &place);
  note_executed(trace, thread, &place);
}

static void note_execute(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place place;
  if (!locate(trace, stopped, call->folder, call->path, 1, &place)) {
    if (call->folder == NO_ARGUMENT || !(stopped->arguments[call->flags] & AT_EMPTY_PATH)) return;
    find_descriptor(trace, stopped->thread, (int)stopped->arguments[0], &place);
    if (place.error < 0) note_gap(trace, "a program was executed that lies at no path");
  }
  note_executed(trace, stopped->thread, &place);
}

static void note_move(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place from, to;
  int with_folders = call->folder != NO_ARGUMENT;
  if (!locate(trace, stopped, call->folder, call->path, 0, &from)) return;
  if (!locate(trace, stopped, with_folders ? 2 : NO_ARGUMENT, with_folders ? 3 : 1, 0, &to)) return;
  unsigned flags = call->flags == NO_ARGUMENT ? 0 : (unsigned)stopped->arguments[call->flags];
  if (from.error || to.folder_missing) {
    note_place(trace, EXISTS, from.error ? &from : &to);
  } else if (flags & RENAME_EXCHANGE) {
    if (to.error || !S_ISREG(from.stat.st_mode) || !S_ISREG(to.stat.st_mode))
      note_gap(trace, "two folders were exchanged");
    else {
      note_changed(trace, from.path, &from.stat);
      note_changed(trace, to.path, &to.stat);
    }
  } else if (flags && !to.error) {
    note_place(trace, EXISTS, &to);
  } else {
    if (S_ISLNK(from.stat.st_mode)) note_place(trace, EXISTS, &from);
    note_moved(trace, from.path, &from.stat, to.path, to.error ? NULL : &to.stat);
  }
}

static void note_made(struct trace *trace, enum act act, const struct place *place) {
  if (!place->error || place->folder_missing) {
    note_place(trace, EXISTS, place);
  } else if (act == ACT_MAKE_FOLDER) {
    note_folder_made(trace, place->path);
  } else {
    if (act == ACT_MAKE_LINK) forget_folders(trace);
    note_written(trace, place->path, NULL);
  }
}

static void note_make(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place place;
  if (locate(trace, stopped, call->folder, call->path, 0, &place)) note_made(trace, call->act, &place);
}

static void note_hard_link(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place from, to;
  int with_folders = call->folder != NO_ARGUMENT;
  int follow = with_folders && (stopped->arguments[call->flags == NO_ARGUMENT ? 4 : call->flags] & AT_SYMLINK_FOLLOW);
  if (locate(trace, stopped, call->folder, call->path, follow, &from))
    note_place(trace, !from.error && S_ISREG(from.stat.st_mode) ? CONTENT : EXISTS, &from);
  if (locate(trace, stopped, with_folders ? 2 : NO_ARGUMENT, with_folders ? 3 : 1, 0, &to))
    note_made(trace, ACT_LINK, &to);
}

static void note_remove(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place place;
  if (!locate(trace, stopped, call->folder, call->path, 0, &place)) return;
  note_place(trace, EXISTS, &place);
  if (place.error) return;
  if (S_ISDIR(place.stat.st_mode)) forget_folders(trace);
  note_written(trace, place.path, &place.stat);
}

static void note_change(struct trace *trace, const struct call *call, const struct stopped_call *stopped) {
  struct place place;
  int flags = call->flags == NO_ARGUMENT ? call->fixed : (int)stopped->arguments[call->flags];
  if (!locate(trace, stopped, call->folder, call->path, !(flags & AT_SYMLINK_NOFOLLOW), &place)) return;
  if (place.error || S_ISLNK(place.stat.st_mode)) note_place(trace, META, &place);
  else note_changed(trace, place.path, &place.stat);
}

void note_call(struct trace *trace, const struct stopped_call *stopped) {
  const struct call *call = find_call(stopped->number);
  struct place place;
  if (!call) return;
  switch (call->act) {
    case ACT_OPEN:
      note_open(trace, call, stopped, call->flags == NO_ARGUMENT ? call->fixed : (int)stopped->arguments[call->flags]);
      break;
    case ACT_OPEN_HOW:
      note_open_how(trace, call, stopped);
      break;
    case ACT_STAT:
      note_stat(trace, call, stopped);
      break;
    case ACT_ACCESS:
      note_access(trace, call, stopped);
      break;
    case ACT_READ_LINK:
    case ACT_ENTER:
      if (locate(trace, stopped, call->folder, call->path, call->act == ACT_ENTER, &place))
        note_place(trace, EXISTS, &place);
      break;
    case ACT_EXECUTE:
      note_execute(trace, call, stopped);
      break;
    case ACT_LIST:
      find_descriptor(trace, stopped->thread, (int)stopped->arguments[0], &place);
      if (!place.error && S_ISDIR(place.stat.st_mode)) note(trace, LISTING, place.path, &place.stat);
      break;
    case ACT_MOVE:
      note_move(trace, call, stopped);
      break;
    case ACT_LINK:
      note_hard_link(trace, call, stopped);
      break;
    case ACT_MAKE:
    case ACT_MAKE_FOLDER:
    case ACT_MAKE_LINK:
      note_make(trace, call, stopped);
      break;
    case ACT_REMOVE:
      note_remove(trace, call, stopped);
      break;
    case ACT_CHANGE:
      note_change(trace, call, stopped);
      break;
    case ACT_LEAVE:
      note_gap(trace, "the step mounted a file system, changed its root, or opened a file by a handle");
      break;
    case ACT_REFUSE:
      break;
  }
}
