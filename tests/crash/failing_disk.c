/* Put before the system's own calls in a server's processes (LD_PRELOAD), a disk that fails. Files in the folder that
   FAILING_DISK names say how, for as long as they stand there:
     full      tables find no room
     full-log  the write-ahead log finds none
     sync      nothing can be synced
     point     "PROCESS NUMBER HOW": in that process, at that write or sync of the log since it was asked, counted
               from one: stop "before" it, "half" way through it or "after" it (for whoever kills the server then, told
               by a file "reached"); or from then on be "full" (a part of it is still written) or fail to "sync". */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name, type) \
    static type real; \
    if (real == NULL) real = (type)dlsym(RTLD_NEXT, name)
#define SECTOR 512

typedef ssize_t (*writer)(int, const void *, size_t, off64_t);
typedef ssize_t (*vector_writer)(int, const struct iovec *, int, off64_t);
typedef int (*syncer)(int);
typedef int (*allocator)(int, off64_t, off64_t);

typedef struct { char text[512]; } path;

static path in_folder(const char *what) {
    path file = {""};
    const char *folder = getenv("FAILING_DISK");
    if (folder != NULL) snprintf(file.text, sizeof file.text, "%s/%s", folder, what);
    return file;
}

static int is_asked(const char *what) { return access(in_folder(what).text, F_OK) == 0; }

static void put(const char *what, const char *told) {
    FILE *file = fopen(in_folder(what).text, "w");
    if (file == NULL) abort();
    fputs(told, file);
    fclose(file);
}

static path path_of(int fd) {
    path link, file = {""};
    snprintf(link.text, sizeof link.text, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link.text, file.text, sizeof file.text - 1);
    file.text[length < 0 ? 0 : length] = 0;
    return file;
}

static int is_full_for(int fd) {
    if (is_asked("full") && strstr(path_of(fd).text, "/base/") != NULL) return 1;
    return is_asked("full-log") && strstr(path_of(fd).text, "/pg_wal/") != NULL;
}

/* A part of the log; what is still being made is called xlogtemp. */
static int is_log(int fd) {
    path file = path_of(fd);
    return strstr(file.text, "/pg_wal/") != NULL && strstr(file.text, "/pg_wal/xlogtemp") == NULL;
}

/* How the log fails at this write or sync, if the point is here; else an empty text. */
static const char *at_point(int fd, const char *what, size_t size) {
    static char how[16] = "", told[96];
    static int number = 0, count = 0;
    if (number < 0 || !is_log(fd)) return "";
    if (number == 0) {
        int process = 0;
        FILE *file = is_asked("point") ? fopen(in_folder("point").text, "r") : NULL;
        if (file == NULL) return "";
        if (fscanf(file, "%d %d %15s", &process, &number, how) != 3 || process != getpid()) number = 0;
        fclose(file);
        if (number == 0) return "";
    }
    if (++count < number) return "";
    number = -1;
    snprintf(told, sizeof told, "%s %s %d of the log, %zu bytes", how, what, count, size);
    put("told", told);
    if (strcmp(how, "full") == 0) put("full-log", "");
    if (strcmp(how, "sync") == 0) put("sync", "");
    return how;
}

static void stop(void) {
    rename(in_folder("told").text, in_folder("reached").text); /* whole at once */
    for (;;) pause();
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL("pwrite64", writer);
    if (is_full_for(fd)) {
        errno = ENOSPC;
        return -1;
    }
    const char *how = at_point(fd, "write", size);
    size_t half = size / 2 / SECTOR * SECTOR;
    if (strcmp(how, "before") == 0) stop();
    if (strcmp(how, "full") == 0 && half > 0) return real(fd, data, half, at);
    ssize_t written = real(fd, data, strcmp(how, "half") == 0 ? half : size, at);
    if (strcmp(how, "half") == 0 || strcmp(how, "after") == 0) stop();
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

ssize_t pwritev64(int fd, const struct iovec *parts, int number, off64_t at) {
    REAL("pwritev64", vector_writer);
    if (is_full_for(fd)) {
        errno = ENOSPC;
        return -1;
    }
    return real(fd, parts, number, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int number, off_t at) { return pwritev64(fd, parts, number, at); }

int posix_fallocate64(int fd, off64_t at, off64_t size) {
    REAL("posix_fallocate64", allocator);
    return is_full_for(fd) ? ENOSPC : real(fd, at, size);
}

int posix_fallocate(int fd, off_t at, off_t size) { return posix_fallocate64(fd, at, size); }

static int synced(int fd, syncer real) {
    const char *how = at_point(fd, "sync", 0);
    if (is_asked("sync")) {
        errno = EIO;
        return -1;
    }
    if (strcmp(how, "before") == 0 || strcmp(how, "half") == 0) stop();
    int result = real(fd);
    if (strcmp(how, "after") == 0) stop();
    return result;
}

int fdatasync(int fd) {
    REAL("fdatasync", syncer);
    return synced(fd, real);
}

int fsync(int fd) {
    REAL("fsync", syncer);
    return synced(fd, real);
}
