/*
 * Preloaded into a process (LD_PRELOAD), it writes down what the process does to the files under RECORD_FOLDER: writes
 * with their data, truncations, syncs, and what changes names. power/recording.ts reads what it writes into RECORD_LOG.
 *
 * A record: type (1 byte), path length, data length (4 bytes each), number (8 bytes), path, data; little endian.
 *   W write at offset `number`; T length becomes `number`; C file made; M folder made; U name removed; R renamed, data is
 *   the new name; S sync number `number` begins; E the same sync has ended.
 * What changes something is written down after it was done, so a sync covers only what was done before it began.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FD 65536

static const char *folder;
static size_t folder_length;
static int log_fd = -1;
static uint64_t syncs;
static char *paths[MAX_FD];
/* Of the file that was opened, since libuv closes by a system call of its own, unseen here, as the opens of mkstemp are: the number may be another
 * file's by now. */
static struct { dev_t device; ino_t number; } files[MAX_FD];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void start(void) {
  folder = getenv("RECORD_FOLDER");
  const char *file = getenv("RECORD_LOG");
  if (!folder || !file) return;
  folder_length = strlen(folder);
  int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  log_fd = real_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Whether a path is recorded: absolute and inside of the folder, or the folder itself. */
static int inside(const char *path) {
  if (log_fd < 0 || !path || strncmp(path, folder, folder_length) != 0) return 0;
  return path[folder_length] == '/' || path[folder_length] == 0;
}

static const char *path_of(int fd) {
  if (log_fd < 0 || fd < 0 || fd >= MAX_FD || !paths[fd]) return NULL;
  int before = errno;
  struct stat now;
  int is_same = fstat(fd, &now) == 0 && now.st_dev == files[fd].device && now.st_ino == files[fd].number;
  errno = before;
  if (!is_same) paths[fd] = NULL;
  return paths[fd];
}

/* A record goes out by one writev on an O_APPEND descriptor; the lock keeps it whole and in order. */
static void record(char type, const char *path, uint64_t number, const void *data, uint32_t size) {
  int before = errno;
  ssize_t (*real_writev)(int, const struct iovec *, int) = dlsym(RTLD_NEXT, "writev");
  uint32_t path_length = strlen(path);
  unsigned char head[17];
  head[0] = type;
  memcpy(head + 1, &path_length, 4);
  memcpy(head + 5, &size, 4);
  memcpy(head + 9, &number, 8);
  struct iovec parts[3] = {{head, 17}, {(void *)path, path_length}, {(void *)data, size}};
  pthread_mutex_lock(&lock);
  if (real_writev(log_fd, parts, 3) != (ssize_t)(17 + path_length + size)) abort();
  pthread_mutex_unlock(&lock);
  errno = before;
}

static void opened(int fd, const char *path, int flags, int existed) {
  if (fd < 0 || fd >= MAX_FD) return;
  struct stat made;
  paths[fd] = NULL;
  if (!inside(path) || fstat(fd, &made) != 0) return;
  files[fd].device = made.st_dev;
  files[fd].number = made.st_ino;
  paths[fd] = strdup(path);
  if ((flags & O_CREAT) && !existed) record('C', path, 0, NULL, 0);
  else if (flags & O_TRUNC) record('T', path, 0, NULL, 0);
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = va_arg(more, mode_t); \
    va_end(more); \
    int existed = inside(path) && access(path, F_OK) == 0; \
    int fd = real(path, flags, mode); \
    opened(fd, path, flags, existed); \
    return fd; \
  }
OPEN(open)
OPEN(open64)

int openat(int dir, const char *path, int flags, ...) {
  REAL(openat);
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, mode_t);
  va_end(more);
  int existed = inside(path) && access(path, F_OK) == 0;
  int fd = real(dir, path, flags, mode);
  opened(fd, path, flags, existed);
  return fd;
}

int close(int fd) {
  REAL(close);
  if (log_fd >= 0 && fd >= 0 && fd < MAX_FD) paths[fd] = NULL;
  return real(fd);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
  REAL(pwrite64);
  ssize_t done = real(fd, data, size, offset);
  if (done > 0 && path_of(fd)) record('W', path_of(fd), offset, data, done);
  return done;
}

/* The pieces of one write, which a loss of power may part as well. */
#define PWRITEV(name) \
  ssize_t name(int fd, const struct iovec *pieces, int count, off64_t offset) { \
    REAL(name); \
    ssize_t done = real(fd, pieces, count, offset); \
    const char *path = path_of(fd); \
    for (int i = 0; path && done > 0 && i < count && offset_in(pieces, i) < (size_t)done; i++) { \
      size_t left = done - offset_in(pieces, i); \
      size_t size = left < pieces[i].iov_len ? left : pieces[i].iov_len; \
      if (size > 0) record('W', path, offset + offset_in(pieces, i), pieces[i].iov_base, size); \
    } \
    return done; \
  }
static size_t offset_in(const struct iovec *pieces, int index) {
  size_t offset = 0;
  for (int i = 0; i < index; i++) offset += pieces[i].iov_len;
  return offset;
}
PWRITEV(pwritev)
PWRITEV(pwritev64)

ssize_t write(int fd, const void *data, size_t size) {
  REAL(write);
  ssize_t done = real(fd, data, size);
  if (done <= 0 || !path_of(fd)) return done;
  int before = errno;
  off_t after = lseek(fd, 0, SEEK_CUR);
  errno = before;
  record('W', path_of(fd), after - done, data, done);
  return done;
}

int ftruncate64(int fd, off64_t length) {
  REAL(ftruncate64);
  int result = real(fd, length);
  if (result == 0 && path_of(fd)) record('T', path_of(fd), length, NULL, 0);
  return result;
}

#define SYNC(name) \
  int name(int fd) { \
    REAL(name); \
    const char *path = path_of(fd); \
    if (!path) return real(fd); \
    uint64_t number = __atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST); \
    record('S', path, number, NULL, 0); \
    int result = real(fd); \
    if (result == 0) record('E', path, number, NULL, 0); \
    return result; \
  }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
  REAL(unlink);
  int result = real(path);
  if (result == 0 && inside(path)) record('U', path, 0, NULL, 0);
  return result;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  int result = real(from, to);
  if (result == 0 && inside(from)) record('R', from, 0, to, strlen(to));
  return result;
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  int result = real(path, mode);
  if (result == 0 && inside(path)) record('M', path, 0, NULL, 0);
  return result;
}
