#ifndef ENGINE_HELPER_H
#define ENGINE_HELPER_H

/* What a helper of the processes engine runs: this program, started with HELPER_WORD for its first argument and a socket on
 * descriptor HELPER_SOCKET. Its main() must hand over at once, before it opens anything. */
#define HELPER_WORD "--check-helper"
#define HELPER_SOCKET 3

/* Runs checks until the socket ends. Returns the exit code. */
int helper_main(void);

#endif
