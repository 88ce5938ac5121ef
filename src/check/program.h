#ifndef PROGRAM_H
#define PROGRAM_H

#include <sys/types.h>

/* Starts a program in a process group of its own: no input, output to that descriptor and its errors nowhere, no other descriptor
 * of ours, no signal blocked or ignored. It is killed when the calling thread ends, whatever ends that (but a set-user-ID program
 * escapes: prctl(2)); what it starts in turn is not. 0, or an errno. Any thread. */
int program_start(pid_t *pid, const char *path, char *const argv[], char *const environment[], int output);

#endif
