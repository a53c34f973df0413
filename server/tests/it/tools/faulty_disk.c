/* A disk that fails when it is told to: preloaded into a server, it stands between the server and the
 * system for the files below one folder.
 *
 *   FAULTY_DISK_FOLDER   the files below it are concerned
 *   FAULTY_DISK_ORDERS   a file of four 32-bit numbers, shared with who gives the orders:
 *                        which operations fail (a sum of the constants below), with which errno, how
 *                        many more of them (0: all), and how many have failed so far; with KILLS the
 *                        process ends before the operation that many more on, whichever it is
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2, TRUNCATES = 4, SHORT_WRITES = 8, KILLS = 16 };

struct orders {
    _Atomic uint32_t operations;
    _Atomic uint32_t error;
    _Atomic uint32_t remaining;
    _Atomic uint32_t failed;
};

static struct orders *orders;
static char folder[PATH_MAX];

__attribute__((constructor)) static void begin(void) {
    const char *of = getenv("FAULTY_DISK_FOLDER");
    const char *file = getenv("FAULTY_DISK_ORDERS");
    if (of == NULL || file == NULL || realpath(of, folder) == NULL)
        return;
    int fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *shared = mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        orders = shared;
}

static int is_below(const char *path) {
    size_t prefix = strlen(folder);
    return strncmp(path, folder, prefix) == 0 && path[prefix] == '/';
}

static int is_concerned(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return is_below(path);
}

/* Ends the process, if it is time. */
static void count(void) {
    if (atomic_fetch_sub(&orders->remaining, 1) == 1) {
        atomic_fetch_add(&orders->failed, 1);
        kill(getpid(), SIGKILL);
    }
}

/* Whether this operation is to fail; if so, errno says how. */
static int fails(int fd, uint32_t operation) {
    if (orders == NULL || (atomic_load(&orders->operations) & (operation | KILLS)) == 0)
        return 0;
    int before = errno;
    if (!is_concerned(fd)) {
        errno = before;
        return 0;
    }
    if ((atomic_load(&orders->operations) & KILLS) != 0) {
        count();
        errno = before;
        return 0;
    }
    uint32_t remaining = atomic_load(&orders->remaining);
    if (remaining > 0 && atomic_fetch_sub(&orders->remaining, 1) == 1)
        atomic_store(&orders->operations, 0);
    atomic_fetch_add(&orders->failed, 1);
    errno = (int)atomic_load(&orders->error);
    return 1;
}

/* Whether less is to be written: half of it, and then nothing any more. */
static int is_cut_short(int fd, size_t count) {
    static _Atomic int cut = -1;
    int expected = fd;
    if (orders == NULL || (atomic_load(&orders->operations) & SHORT_WRITES) == 0)
        return 0;
    if (atomic_compare_exchange_strong(&cut, &expected, -1))
        return fails(fd, SHORT_WRITES) ? -1 : 0;
    if (count < 2 || !is_concerned(fd))
        return 0;
    atomic_store(&cut, fd);
    return 1;
}

#define THE_REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t count) {
    int cut = fails(fd, WRITES) ? -1 : is_cut_short(fd, count);
    if (cut < 0)
        return -1;
    count >>= cut;
    return THE_REAL(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    int cut = fails(fd, WRITES) ? -1 : is_cut_short(fd, count);
    if (cut < 0)
        return -1;
    count >>= cut;
    return THE_REAL(pwrite)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    int cut = fails(fd, WRITES) ? -1 : is_cut_short(fd, count);
    if (cut < 0)
        return -1;
    count >>= cut;
    return THE_REAL(pwrite64)(fd, bytes, count, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    if (fails(fd, WRITES))
        return -1;
    return THE_REAL(pwritev)(fd, parts, count, at);
}

int fdatasync(int fd) {
    return fails(fd, SYNCS) ? -1 : THE_REAL(fdatasync)(fd);
}

int fsync(int fd) {
    return fails(fd, SYNCS) ? -1 : THE_REAL(fsync)(fd);
}

int ftruncate(int fd, off_t length) {
    return fails(fd, TRUNCATES) ? -1 : THE_REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    return fails(fd, TRUNCATES) ? -1 : THE_REAL(ftruncate64)(fd, length);
}

int rename(const char *from, const char *to) {
    if (orders != NULL && (atomic_load(&orders->operations) & KILLS) != 0 && is_below(to))
        count();
    return THE_REAL(rename)(from, to);
}

int unlink(const char *path) {
    if (orders != NULL && (atomic_load(&orders->operations) & KILLS) != 0 && is_below(path))
        count();
    return THE_REAL(unlink)(path);
}
