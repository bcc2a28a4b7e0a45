/* Stands between a process and libc (LD_PRELOAD). Counts every call that changes something below one folder, and at the n-th
 * one kills the process, lets the call fail, or writes all of them down so that a power failure can be played afterwards.
 * Nothing happens before faults_arm is called. tests/survival/faults.py is its other half. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, FAIL_ONCE, FAIL_FROM, TRACE };
enum { FREES = 0, TAKES = 1 }; /* whether a call takes space: only those fail on a full disk */

static char folder[PATH_MAX];
static char trace[PATH_MAX - 32];
static size_t folder_length;
static int mode = OFF, error_number, trace_fd = -1;
static long at, n_calls, n_snapshots, clock_shift_s;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void faults_arm(const char *below, int how, long n, int error, const char *trace_file) {
    snprintf(folder, sizeof folder, "%s", below);
    folder_length = strlen(folder);
    snprintf(trace, sizeof trace, "%s", trace_file ? trace_file : "");
    if (trace[0]) trace_fd = syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_CREAT | O_APPEND, 0644);
    at = n; error_number = error; n_calls = 0; mode = how;
}
void faults_disarm(void) { mode = OFF; }
long faults_counted(void) { return n_calls; }
void faults_shift_clock(long seconds) { clock_shift_s = seconds; }

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static int is_ours(const char *path) {
    return mode != OFF && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}
static int path_of_fd(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[n < 0 ? 0 : n] = 0;
    return n > 0;
}
static const char *full(int dir, const char *path, char *buffer) {
    if (path[0] == '/') { snprintf(buffer, PATH_MAX, "%s", path); return buffer; }
    char base[PATH_MAX] = "";
    if (dir == AT_FDCWD) { if (!getcwd(base, sizeof base)) base[0] = 0; } else path_of_fd(dir, base);
    if (snprintf(buffer, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) buffer[0] = 0;
    return buffer;
}

/* Called before a call below the folder. Returns 1 when the call shall fail, with errno set. Takes the mutex until after(). */
static int before(int takes) {
    pthread_mutex_lock(&mutex);
    n_calls++;
    if (mode == KILL && n_calls == at) syscall(SYS_exit_group, 137);
    int fails = (mode == FAIL_ONCE && n_calls == at) || (mode == FAIL_FROM && n_calls >= at && takes);
    if (fails) { pthread_mutex_unlock(&mutex); errno = error_number; }
    return fails;
}
static void snapshot(const char *path) {
    char name[PATH_MAX], block[65536];
    snprintf(name, sizeof name, "%s.%ld", trace, n_snapshots++);
    int from = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY), to = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ssize_t n;
    while ((n = syscall(SYS_read, from, block, sizeof block)) > 0) syscall(SYS_write, to, block, n);
    syscall(SYS_close, from); syscall(SYS_close, to);
}
static long after(long result, const char *what, const char *one, const char *two) {
    int kept = errno;
    if (mode == TRACE) { /* one line per call, also for one that failed: the n-th line is the n-th call */
        if (result < 0) what = "failed";
        long number = -1;
        struct stat found;
        if (!strcmp(what, "fsync") && stat(one, &found) == 0 && S_ISREG(found.st_mode)) { number = n_snapshots; snapshot(one); }
        char line[2 * PATH_MAX + 64];
        int n = snprintf(line, sizeof line, "%s\t%s\t%s\t%ld\n", what, one, two ? two : "", number);
        syscall(SYS_write, trace_fd, line, n);
    }
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return result;
}

/* files ------------------------------------------------------------------------------------------------------------------- */

#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))
static int open_any(int dir, const char *given, int flags, int rights) {
    char path[PATH_MAX];
    if (mode == OFF || !WRITES(flags) || !is_ours(full(dir, given, path)))
        return syscall(SYS_openat, dir, given, flags, rights);
    if (before(flags & O_CREAT ? TAKES : FREES)) return -1;
    struct stat found;
    int is_new = stat(path, &found) != 0;
    return after(syscall(SYS_openat, dir, given, flags, rights), is_new ? "create" : flags & O_TRUNC ? "truncate" : "open", path, NULL);
}
#define RIGHTS int rights = 0; if (flags & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, flags); rights = va_arg(more, int); va_end(more); }
int open(const char *path, int flags, ...) { RIGHTS return open_any(AT_FDCWD, path, flags, rights); }
int open64(const char *path, int flags, ...) { RIGHTS return open_any(AT_FDCWD, path, flags | O_LARGEFILE, rights); }
int openat(int dir, const char *path, int flags, ...) { RIGHTS return open_any(dir, path, flags, rights); }
int openat64(int dir, const char *path, int flags, ...) { RIGHTS return open_any(dir, path, flags | O_LARGEFILE, rights); }
int creat(const char *path, mode_t rights) { return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, rights); }

#define ON_FD(type, name, what, takes, arguments, ...) \
    type name(__VA_ARGS__) { \
        REAL(type, name, __VA_ARGS__); \
        char path[PATH_MAX]; \
        if (mode == OFF || !path_of_fd(fd, path) || !is_ours(path)) return real arguments; \
        if (before(takes)) return -1; \
        return (type)after((long)real arguments, what, path, NULL); \
    }
ON_FD(int, fsync, "fsync", TAKES, (fd), int fd)
ON_FD(int, fdatasync, "fsync", TAKES, (fd), int fd)
ON_FD(ssize_t, write, "write", TAKES, (fd, data, n), int fd, const void *data, size_t n)
ON_FD(ssize_t, pwrite, "write", TAKES, (fd, data, n, where), int fd, const void *data, size_t n, off_t where)
ON_FD(ssize_t, pwrite64, "write", TAKES, (fd, data, n, where), int fd, const void *data, size_t n, off64_t where)
ON_FD(ssize_t, writev, "write", TAKES, (fd, parts, n), int fd, const struct iovec *parts, int n)
ON_FD(ssize_t, copy_file_range, "write", TAKES, (from, where, fd, to, n, flags), int from, off64_t *where, int fd, off64_t *to, size_t n, unsigned flags)
ON_FD(ssize_t, sendfile, "write", TAKES, (fd, from, where, n), int fd, int from, off_t *where, size_t n)
ON_FD(ssize_t, sendfile64, "write", TAKES, (fd, from, where, n), int fd, int from, off64_t *where, size_t n)
ON_FD(int, ftruncate, "write", FREES, (fd, n), int fd, off_t n)
ON_FD(int, ftruncate64, "write", FREES, (fd, n), int fd, off64_t n)
ON_FD(int, fallocate, "write", TAKES, (fd, how, from, n), int fd, int how, off_t from, off_t n)

/* names ------------------------------------------------------------------------------------------------------------------- */

static int one_name(const char *what, int takes, int dir, const char *given, long call, long third) {
    char path[PATH_MAX];
    if (mode == OFF || !is_ours(full(dir, given, path))) return syscall(call, dir, given, third);
    if (before(takes)) return -1;
    return after(syscall(call, dir, given, third), what, path, NULL);
}
int mkdir(const char *path, mode_t rights) { return one_name("mkdir", TAKES, AT_FDCWD, path, SYS_mkdirat, rights); }
int mkdirat(int dir, const char *path, mode_t rights) { return one_name("mkdir", TAKES, dir, path, SYS_mkdirat, rights); }
int unlink(const char *path) { return one_name("unlink", FREES, AT_FDCWD, path, SYS_unlinkat, 0); }
int remove(const char *path) { int n = unlink(path); return n && errno == EISDIR ? rmdir(path) : n; }
int rmdir(const char *path) { return one_name("unlink", FREES, AT_FDCWD, path, SYS_unlinkat, AT_REMOVEDIR); }
int unlinkat(int dir, const char *path, int flags) { return one_name("unlink", FREES, dir, path, SYS_unlinkat, flags); }

static int two_names(const char *what, int from, const char *old, int to, const char *new, unsigned flags) {
    char one[PATH_MAX], two[PATH_MAX];
    long call = what[0] == 'r' ? SYS_renameat2 : SYS_linkat;
    if (mode == OFF || !is_ours(full(to, new, two))) return syscall(call, from, old, to, new, flags);
    if (before(TAKES)) return -1;
    if (what[0] == 'r' && flags & 2) what = "exchange"; /* RENAME_EXCHANGE */
    full(from, old, one); /* before it is gone */
    return after(syscall(call, from, old, to, new, flags), what, one, two);
}
int rename(const char *old, const char *new) { return two_names("rename", AT_FDCWD, old, AT_FDCWD, new, 0); }
int renameat(int from, const char *old, int to, const char *new) { return two_names("rename", from, old, to, new, 0); }
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) { return two_names("rename", from, old, to, new, flags); }
int link(const char *old, const char *new) { return two_names("link", AT_FDCWD, old, AT_FDCWD, new, 0); }
int linkat(int from, const char *old, int to, const char *new, int flags) { return two_names("link", from, old, to, new, flags); }

/* the clock --------------------------------------------------------------------------------------------------------------- */

int clock_gettime(clockid_t which, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, which, now);
    if (which == CLOCK_REALTIME) now->tv_sec += clock_shift_s;
    return result;
}
