/* Has the gate (gate.c) loaded into the programs that it is for. The dynamic loader looks for /etc/ld.so.preload at
 * every start: such a program finds one with a single line. So nothing has to be put into the step's environment. */
#define _GNU_SOURCE
#include "observer-gate.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "observer-calls.h"
#include "observer-paths.h"

static const char list_path[] = "/etc/ld.so.preload";
enum { EXPECTED = 64 };
static pid_t expected[EXPECTED];
static unsigned oldest;

const char *gate_path(void) {
  static char path[4096 + 16];
  static int known;
  if (known) return path;
  known = 1;
  ssize_t n = readlink("/proc/self/exe", path, 4096);
  char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;
  if (slash) strcpy(slash + 1, "gate.so");
  /* The list's names end at white space and at colons. A list that is there already is not ours to replace. */
  if (!slash || strpbrk(path, " \t\n:") || access(path, R_OK) != 0 || access(list_path, F_OK) == 0) path[0] = 0;
  return path;
}

static pid_t *find_expected(pid_t thread) {
  for (pid_t *at = expected; at < expected + EXPECTED; at++)
    if (*at == thread) return at;
  return NULL;
}

void expect_gate(pid_t thread, const char *program) {
  const char *name = strrchr(program, '/');
  pid_t *former = find_expected(thread);
  if (former) *former = 0;
  if (name && (strcmp(name, "/cc1") == 0 || strcmp(name, "/cc1plus") == 0) && *gate_path())
    expected[oldest++ % EXPECTED] = thread;
}

static int list_file(void) {
  static int file = -1;
  if (file >= 0) return file;
  file = memfd_create("gate", MFD_CLOEXEC);
  if (file >= 0 && dprintf(file, "%s\n", gate_path()) < 0) file = -1;
  return file;
}

int answer_for_gate(int listener, uint64_t id, const struct stopped_call *stopped) {
  const struct call *call = find_call(stopped->number);
  if (!call || (call->act != ACT_ACCESS && call->act != ACT_OPEN)) return 0;
  pid_t *place = find_expected(stopped->thread);
  char path[sizeof list_path + 1];
  if (!place || copy_text(stopped->thread, stopped->arguments[call->path], path, sizeof path) < 0) return 0;
  if (strcmp(path, list_path) != 0) return 0;
  struct seccomp_notif_resp found = {.id = id};
  if (call->act == ACT_ACCESS) return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &found) == 0;
  *place = 0;
  struct seccomp_notif_addfd opened = {
      .id = id, .flags = 1 << 1 /* SECCOMP_ADDFD_FLAG_SEND */, .srcfd = (uint32_t)list_file(), .newfd_flags = O_CLOEXEC};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &opened) >= 0) return 1;
  /* The loader goes on without it. */
  found.error = -ENOENT;
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &found) == 0;
}
