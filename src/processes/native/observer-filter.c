/* Builds and installs the seccomp filter. Calls that cannot name a file pass at full speed: the kernel remembers which
 * numbers are always allowed. no_new_privs comes with it, so setuid programs (sudo, fusermount) run without their rights
 * in an observed step; such a step says `trace: off`. */
#define _GNU_SOURCE
#include "observer-filter.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "observer-calls.h"
#include "observer-pass.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum { X32_BIT = 0x40000000, ROOM = 256 };
static struct sock_filter program[ROOM];
static struct sock_fprog described = {.filter = program};

static void add(uint16_t code, uint32_t k, uint8_t yes, uint8_t no) {
  program[described.len++] = (struct sock_filter){code, yes, no, k};
}
static void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0); }
static void answer(uint32_t value) { add(BPF_RET | BPF_K, value, 0, 0); }

/* An argument's low half stands first on both machines. */
static size_t argument(int index) { return offsetof(struct seccomp_data, args) + 8 * (size_t)index; }

/* fstat is one of these on most libraries: a descriptor, an empty path and exactly this flag. */
static void add_stat(const struct call *call) {
  add(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number, 0, 6);
  load(argument(call->flags));
  add(BPF_JMP | BPF_JEQ | BPF_K, AT_EMPTY_PATH, 0, 3);
  load(argument(call->folder));
  add(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)AT_FDCWD, 1, 0);
  answer(SECCOMP_RET_ALLOW);
  answer(SECCOMP_RET_USER_NOTIF);
}

static void add_pass(const struct call *call, int first) {
  add(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number, 0, 6);
  load(argument(first));
  add(BPF_JMP | BPF_JEQ | BPF_K, PASS, 0, 3);
  load(argument(first + 1));
  add(BPF_JMP | BPF_JEQ | BPF_K, PASS_TOO, 0, 1);
  answer(SECCOMP_RET_ALLOW);
  answer(SECCOMP_RET_USER_NOTIF);
}

void prepare_filter(void) {
  described.len = 0;
  load(offsetof(struct seccomp_data, arch));
  /* The calls of a foreign machine have other numbers. Programs of one are noticed when they are executed, so this is
   * for those that make such calls in between; read, write, close and futex are the same everywhere and frequent. */
  add(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 7, 0);
  load(offsetof(struct seccomp_data, nr));
  add(BPF_JMP | BPF_JEQ | BPF_K, 3, 4, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, 4, 3, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, 6, 2, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, 240, 1, 0);
  answer(SECCOMP_RET_USER_NOTIF);
  answer(SECCOMP_RET_ALLOW);
  load(offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
  add(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
  answer(SECCOMP_RET_USER_NOTIF);
#endif
  for (const struct call *call = calls; call < calls + call_count; call++) {
    if (call->act == ACT_STAT && call->flags != NO_ARGUMENT) {
      add_stat(call);
    } else if (call->number == __NR_execve) {
      add_pass(call, 3);
    } else if (call->number == __NR_readlinkat) {
      add_pass(call, 4);
    } else {
      add(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number, 0, 1);
      answer(call->act == ACT_REFUSE ? SECCOMP_RET_ERRNO | ENOSYS : SECCOMP_RET_USER_NOTIF);
    }
  }
  answer(SECCOMP_RET_ALLOW);
}

int install_filter(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -1;
  unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  /* Signals would interrupt calls while we look at them, again and again where a program's timer is short. */
  int listener = (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
                              flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &described);
  if (listener >= 0 || errno != EINVAL) return listener;
  return (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &described);
}
