// To be preloaded: writing below FAULT_DIR fails with the errno that the file FAULT_FILE names; 0: all is well. Reading
// goes on, as it does on a disk that broke, or that the kernel has mounted read-only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int (*real_open)(const char*, int, ...);

__attribute__((constructor)) static void prepare(void) {
  real_open = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open");
}

static int fault(void) {
  char text[16] = {0};
  const char* path = getenv("FAULT_FILE");
  int fd = path ? real_open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return 0;
  ssize_t size = read(fd, text, sizeof text - 1);
  close(fd);
  return size > 0 ? atoi(text) : 0;
}

static int is_below(const char* path) {
  const char* dir = getenv("FAULT_DIR");
  return dir && strncmp(path, dir, strlen(dir)) == 0;
}

static int fails(int fd) {
  char link[64], path[PATH_MAX] = {0};
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (readlink(link, path, sizeof path - 1) < 0 || !is_below(path)) return 0;
  int error = fault();
  if (error) errno = error;
  return error;
}

#define WRITER(name, parameters, arguments)                            \
  ssize_t name parameters {                                            \
    static ssize_t(*real) parameters;                                  \
    if (!real) real = (ssize_t(*) parameters)dlsym(RTLD_NEXT, #name);  \
    return fails(fd) ? -1 : real arguments;                            \
  }
WRITER(write, (int fd, const void* bytes, size_t size), (fd, bytes, size))
WRITER(pwrite, (int fd, const void* bytes, size_t size, off_t at), (fd, bytes, size, at))
WRITER(pwrite64, (int fd, const void* bytes, size_t size, off64_t at), (fd, bytes, size, at))

#define SYNCER(name)                                     \
  int name(int fd) {                                     \
    static int (*real)(int);                             \
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \
    return fails(fd) ? -1 : real(fd);                    \
  }
SYNCER(fsync)
SYNCER(fdatasync)

#define OPENER(name)                                                                       \
  int name(const char* path, int flags, ...) {                                             \
    va_list rest;                                                                          \
    va_start(rest, flags);                                                                 \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                \
    va_end(rest);                                                                          \
    int error = (flags & O_ACCMODE) != O_RDONLY && is_below(path) ? fault() : 0;           \
    if (error) errno = error;                                                              \
    return error ? -1 : real_open(path, flags, mode);                                      \
  }
OPENER(open)
OPENER(open64)
