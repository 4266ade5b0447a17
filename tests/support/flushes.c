/* Preloaded, it writes down what a process has flushed to the disk and what it renamed, in order.

   One line each, "flush PATH" or "name OLD\tNEW", appended to the file that FLUSH_LOG names.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void note(const char *line, int length) {
    const char *log = getenv("FLUSH_LOG");
    if (!log) return;
    int file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    syscall(SYS_write, file, line, length);
    syscall(SYS_close, file);
}

static void note_flush(int descriptor) {
    char link[64], path[PATH_MAX] = "", line[PATH_MAX + 16];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if (readlink(link, path, sizeof path - 1) < 0) return;
    note(line, snprintf(line, sizeof line, "flush %s\n", path));
}

static void note_name(const char *from, const char *to) {
    char line[2 * PATH_MAX + 16];
    note(line, snprintf(line, sizeof line, "name %s\t%s\n", from, to));
}

int fsync(int descriptor) {
    note_flush(descriptor);
    return NEXT(fsync)(descriptor);
}

int fdatasync(int descriptor) {
    note_flush(descriptor);
    return NEXT(fdatasync)(descriptor);
}

int rename(const char *from, const char *to) {
    note_name(from, to);
    return NEXT(rename)(from, to);
}

int link(const char *from, const char *to) {
    note_name(from, to);
    return NEXT(link)(from, to);
}
