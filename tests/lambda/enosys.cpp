// SPDX-License-Identifier: MIT
// To be preloaded (LD_PRELOAD): the two functions that an AWS Lambda function asks for in vain, with the error they
// have there.
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#include <cerrno>

extern "C" sem_t* sem_open(const char*, int, ...) noexcept {
    errno = ENOSYS;
    return SEM_FAILED;
}

extern "C" int shm_open(const char*, int, mode_t) {
    errno = ENOSYS;
    return -1;
}
