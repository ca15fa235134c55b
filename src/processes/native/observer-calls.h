/* The system calls by which a program looks for files or changes them. */
#ifndef OBSERVER_CALLS_H
#define OBSERVER_CALLS_H
#include <stdint.h>

enum act {
  ACT_OPEN,
  ACT_OPEN_HOW,
  ACT_STAT,
  ACT_ACCESS,
  ACT_READ_LINK,
  ACT_EXECUTE,
  ACT_LIST,
  ACT_ENTER,
  ACT_MOVE,
  ACT_LINK,
  ACT_MAKE,
  ACT_MAKE_FOLDER,
  ACT_MAKE_LINK,
  ACT_REMOVE,
  ACT_CHANGE,
  /* Answered with ENOSYS: what goes through such a ring is not seen. */
  ACT_REFUSE,
  /* From here on paths mean something else, or files are opened without one. */
  ACT_LEAVE,
};

enum { NO_ARGUMENT = -1 };

struct call {
  int number;
  enum act act;
  /* Which arguments hold the folder (a descriptor), the path, and the flags or the mask of an access. */
  int8_t folder, path, flags;
  /* Open and *at flags that a call without such an argument stands for. */
  int fixed;
};

extern const struct call calls[];
extern const unsigned call_count;
const struct call *find_call(int number);
#endif
