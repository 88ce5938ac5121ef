#ifndef CLIPBOARD_H
#define CLIPBOARD_H

#include <stdbool.h>
#include <sys/types.h>

/* Text for the clipboard of the tmux around us, which hands it on to the terminal's (load-buffer -w). The main thread. */
struct clipboard {
    pid_t child;                     /* a tmux that takes a text; 0: none */
};

/* Never waits. False when there is no tmux around us, or none that can be run: the terminal itself may take it then. */
bool clipboard_send(struct clipboard *c, const char *text);
/* A message on the status line of the tmux around us, if there is one (display-message). Never waits. */
void clipboard_tell(struct clipboard *c, const char *text);
/* Now and then, and at the end: takes the end of the child. */
void clipboard_reap(struct clipboard *c);

#endif
