/* Runs a program where observing is impossible: `refuser WHAT PROGRAM...`. `seccomp` refuses further filters with
 * EPERM, `memory` refuses reading another process's memory, and `listener` already observes with a listener of its
 * own, which gets no calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count < 3) return 2;
  int refused = strcmp(words[1], "seccomp") == 0  ? __NR_seccomp
                : strcmp(words[1], "memory") == 0 ? __NR_process_vm_readv
                                                  : 0xfffff;
  struct sock_filter program[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (unsigned)refused},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  struct sock_fprog filter = {.len = 4, .filter = program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  int listens = strcmp(words[1], "listener") == 0;
  int listener = (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
                              listens ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0, &filter);
  if (listener < 0) return 3;
  if (listens) fcntl(listener, F_SETFD, 0);
  execv(words[2], words + 2);
  return 4;
}
