/* Preloaded, it writes down every look-up, connection and new file of a process, then lets it be.

   One line each, "KIND WHAT", appended to the file that WATCH_LOG names. Calls between libraries
   pass here whatever language they are written in; system calls made without the C library don't.
*/
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void note(const char *kind, const char *what) {
    const char *log = getenv("WATCH_LOG");
    char line[PATH_MAX + 64];
    if (!log || !what) return;
    int length = snprintf(line, sizeof line, "%s %s\n", kind, what);
    int file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    syscall(SYS_write, file, line, length);
    syscall(SYS_close, file);
}

static void note_address(const struct sockaddr *to) {
    char text[INET6_ADDRSTRLEN] = "";
    if (!to) return;
    if (to->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)to)->sin_addr, text, sizeof text);
    else if (to->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)to)->sin6_addr, text, sizeof text);
    else
        return;
    note("connection", text);
}

static void note_file(int folder, const char *path) {
    char all[PATH_MAX * 2], base[PATH_MAX] = "", link[64];
    if (path[0] == '/') { note("file", path); return; }
    if (folder == AT_FDCWD) {
        if (!getcwd(base, sizeof base)) return;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, base, sizeof base - 1);
        if (length < 0) return;
        base[length] = 0;
    }
    snprintf(all, sizeof all, "%s/%s", base, path);
    note("file", all);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
    note("lookup", host);
    return NEXT(getaddrinfo)(host, service, hints, found);
}

struct hostent *gethostbyname(const char *host) {
    note("lookup", host);
    return NEXT(gethostbyname)(host);
}

int gethostbyname_r(const char *host, struct hostent *entry, char *buffer, size_t size,
                    struct hostent **found, int *error) {
    note("lookup", host);
    return NEXT(gethostbyname_r)(host, entry, buffer, size, found, error);
}

int connect(int socket, const struct sockaddr *to, socklen_t length) {
    note_address(to);
    return NEXT(connect)(socket, to, length);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *to,
               socklen_t length) {
    note_address(to);
    return NEXT(sendto)(socket, data, size, flags, to, length);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
    note_address(message->msg_name);
    return NEXT(sendmsg)(socket, message, flags);
}

int sendmmsg(int socket, struct mmsghdr *messages, unsigned count, int flags) {
    for (unsigned at = 0; at < count; at++) note_address(messages[at].msg_hdr.msg_name);
    return NEXT(sendmmsg)(socket, messages, count, flags);
}

#define OPEN(name)                                                                  \
    int name(const char *path, int flags, ...) {                                    \
        va_list more;                                                               \
        va_start(more, flags);                                                      \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;     \
        va_end(more);                                                               \
        if (flags & O_CREAT) note_file(AT_FDCWD, path);                             \
        return NEXT(name)(path, flags, mode);                                       \
    }
OPEN(open)
OPEN(open64)

#define OPEN_AT(name)                                                               \
    int name(int folder, const char *path, int flags, ...) {                        \
        va_list more;                                                               \
        va_start(more, flags);                                                      \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;     \
        va_end(more);                                                               \
        if (flags & O_CREAT) note_file(folder, path);                               \
        return NEXT(name)(folder, path, flags, mode);                               \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

#define FOPEN(name)                                                                 \
    FILE *name(const char *path, const char *mode) {                                \
        if (strpbrk(mode, "wa")) note_file(AT_FDCWD, path);                         \
        return NEXT(name)(path, mode);                                              \
    }
FOPEN(fopen)
FOPEN(fopen64)

int mkdir(const char *path, mode_t mode) {
    int failed = NEXT(mkdir)(path, mode);
    if (!failed) note_file(AT_FDCWD, path);
    return failed;
}

int mkdirat(int folder, const char *path, mode_t mode) {
    int failed = NEXT(mkdirat)(folder, path, mode);
    if (!failed) note_file(folder, path);
    return failed;
}

int rename(const char *from, const char *to) {
    note_file(AT_FDCWD, to);
    return NEXT(rename)(from, to);
}

int renameat(int old_folder, const char *from, int folder, const char *to) {
    note_file(folder, to);
    return NEXT(renameat)(old_folder, from, folder, to);
}
