/* Preloaded into a server that a test runs: its clocks are so many seconds ahead as the file says
   that ADDA_TEST_CLOCK names, the one on the wall first, then the one that only runs. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *ahead = NULL;

__attribute__((constructor)) static void open_file(void) {
    const char *path = getenv("ADDA_TEST_CLOCK");
    int file = path == NULL ? -1 : open(path, O_RDONLY);
    if (file < 0) return;
    void *read = mmap(NULL, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (read != MAP_FAILED) ahead = read;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    long result = syscall(SYS_clock_gettime, clock, time);
    if (result != 0 || ahead == NULL) return (int)result;
    if (clock == CLOCK_REALTIME) time->tv_sec += ahead[0];
    if (clock == CLOCK_MONOTONIC) time->tv_sec += ahead[1];
    return 0;
}
