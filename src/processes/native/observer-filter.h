/* The seccomp filter that tells the observer of a step's calls. */
#ifndef OBSERVER_FILTER_H
#define OBSERVER_FILTER_H
#include <stdint.h>

#if defined __x86_64__
#define NATIVE_ARCH 0xc000003eu
#elif defined __aarch64__
#define NATIVE_ARCH 0xc00000b7u
#endif

/* Builds the program once. */
void prepare_filter(void);
/* Puts the calling thread under the filter, for good. Returns the listener, or -1 with errno. Only makes system
 * calls, because it runs in a child that shares our memory. */
int install_filter(void);
#endif
