/* The table of observed calls. Both the filter and the observer read it. arm64 lacks the older ones. */
#define _GNU_SOURCE
#include "observer-calls.h"
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#ifndef __NR_faccessat2
#define __NR_faccessat2 439
#endif
#ifndef __NR_openat2
#define __NR_openat2 437
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif

#define NONE NO_ARGUMENT

/* Those that are called most stand first, because the filter compares one after the other. */
const struct call calls[] = {
    {__NR_openat, ACT_OPEN, 0, 1, 2, 0},
    {__NR_newfstatat, ACT_STAT, 0, 1, 3, 0},
    {__NR_readlinkat, ACT_READ_LINK, 0, 1, NONE, 0},
    {__NR_faccessat, ACT_ACCESS, 0, 1, 2, 0},
    {__NR_statx, ACT_STAT, 0, 1, 2, 0},
    {__NR_getdents64, ACT_LIST, 0, NONE, NONE, 0},
    {__NR_execve, ACT_EXECUTE, NONE, 0, NONE, 0},
#ifdef __NR_open
    {__NR_readlink, ACT_READ_LINK, NONE, 0, NONE, 0},
    {__NR_stat, ACT_STAT, NONE, 0, NONE, 0},
    {__NR_lstat, ACT_STAT, NONE, 0, NONE, AT_SYMLINK_NOFOLLOW},
    {__NR_access, ACT_ACCESS, NONE, 0, 1, 0},
    {__NR_open, ACT_OPEN, NONE, 0, 1, 0},
    {__NR_creat, ACT_OPEN, NONE, 0, NONE, O_CREAT | O_WRONLY | O_TRUNC},
    {__NR_getdents, ACT_LIST, 0, NONE, NONE, 0},
    {__NR_rename, ACT_MOVE, NONE, 0, NONE, 0},
    {__NR_link, ACT_LINK, NONE, 0, NONE, 0},
    {__NR_symlink, ACT_MAKE_LINK, NONE, 1, NONE, 0},
    {__NR_mkdir, ACT_MAKE_FOLDER, NONE, 0, NONE, 0},
    {__NR_mknod, ACT_MAKE, NONE, 0, NONE, 0},
    {__NR_unlink, ACT_REMOVE, NONE, 0, NONE, 0},
    {__NR_rmdir, ACT_REMOVE, NONE, 0, NONE, AT_REMOVEDIR},
    {__NR_chmod, ACT_CHANGE, NONE, 0, NONE, 0},
    {__NR_chown, ACT_CHANGE, NONE, 0, NONE, 0},
    {__NR_lchown, ACT_CHANGE, NONE, 0, NONE, AT_SYMLINK_NOFOLLOW},
    {__NR_utime, ACT_CHANGE, NONE, 0, NONE, 0},
    {__NR_utimes, ACT_CHANGE, NONE, 0, NONE, 0},
    {__NR_futimesat, ACT_CHANGE, 0, 1, NONE, 0},
#endif
#ifdef __NR_renameat
    {__NR_renameat, ACT_MOVE, 0, 1, NONE, 0},
#endif
    {__NR_openat2, ACT_OPEN_HOW, 0, 1, 2, 0},
    {__NR_faccessat2, ACT_ACCESS, 0, 1, 2, 0},
    {__NR_execveat, ACT_EXECUTE, 0, 1, 4, 0},
    {__NR_chdir, ACT_ENTER, NONE, 0, NONE, 0},
    {__NR_renameat2, ACT_MOVE, 0, 1, 4, 0},
    {__NR_linkat, ACT_LINK, 0, 1, 4, 0},
    {__NR_symlinkat, ACT_MAKE_LINK, 1, 2, NONE, 0},
    {__NR_mkdirat, ACT_MAKE_FOLDER, 0, 1, NONE, 0},
    {__NR_mknodat, ACT_MAKE, 0, 1, NONE, 0},
    {__NR_unlinkat, ACT_REMOVE, 0, 1, 2, 0},
    {__NR_truncate, ACT_CHANGE, NONE, 0, NONE, 0},
    {__NR_fchmodat, ACT_CHANGE, 0, 1, NONE, 0},
    {__NR_fchmodat2, ACT_CHANGE, 0, 1, 3, 0},
    {__NR_fchownat, ACT_CHANGE, 0, 1, 4, 0},
    {__NR_utimensat, ACT_CHANGE, 0, 1, 3, 0},
    {__NR_setxattr, ACT_CHANGE, NONE, 0, NONE, 0},
    {__NR_lsetxattr, ACT_CHANGE, NONE, 0, NONE, AT_SYMLINK_NOFOLLOW},
    {__NR_removexattr, ACT_CHANGE, NONE, 0, NONE, 0},
    {__NR_lremovexattr, ACT_CHANGE, NONE, 0, NONE, AT_SYMLINK_NOFOLLOW},
    {__NR_getxattr, ACT_STAT, NONE, 0, NONE, 0},
    {__NR_lgetxattr, ACT_STAT, NONE, 0, NONE, AT_SYMLINK_NOFOLLOW},
    {__NR_listxattr, ACT_STAT, NONE, 0, NONE, 0},
    {__NR_llistxattr, ACT_STAT, NONE, 0, NONE, AT_SYMLINK_NOFOLLOW},
    {__NR_inotify_add_watch, ACT_STAT, NONE, 1, NONE, 0},
    {__NR_name_to_handle_at, ACT_STAT, 0, 1, NONE, 0},
    {__NR_open_by_handle_at, ACT_LEAVE, NONE, NONE, NONE, 0},
    {__NR_chroot, ACT_LEAVE, NONE, NONE, NONE, 0},
    {__NR_pivot_root, ACT_LEAVE, NONE, NONE, NONE, 0},
    {__NR_mount, ACT_LEAVE, NONE, NONE, NONE, 0},
    {__NR_umount2, ACT_LEAVE, NONE, NONE, NONE, 0},
    {__NR_move_mount, ACT_LEAVE, NONE, NONE, NONE, 0},
    {__NR_setns, ACT_LEAVE, NONE, NONE, NONE, 0},
    {__NR_io_uring_setup, ACT_REFUSE, NONE, NONE, NONE, 0},
};
const unsigned call_count = sizeof calls / sizeof *calls;

const struct call *find_call(int number) {
  for (const struct call *call = calls; call < calls + call_count; call++)
    if (call->number == number) return call;
  return NULL;
}
