#ifndef WHOLE_MASK_H
#define WHOLE_MASK_H

/* A screen of the program without what differs from run to run and from machine to machine, so that it can be compared as text:
 *
 *     times of day            hh:mm:ss, and Day for the day of the week
 *     ports of 127.0.0.1      #####
 *     "in 1.0s"               in #.#s
 *     "84 ms"                 # ms
 *     above the column titles, moreover, runs of blanks are one blank (the name of the machine moves what is behind it), that
 *     name is left out, as are late and waiting checks, and #/s, lag #, busy #/# and "DOWN #:" stand for their figures
 *     below them, LAST P50 P95 P99 NEXT and FOR are # where they hold a figure, and any marks of TREND are ~;
 *     UP24H UP7D and UP30D are # with a figure and without
 *
 *     panes are left out: what stands beside the grid and below it, up to the line that counts the sites; so are the
 *     address and the names of panes in that line, and the keys below it
 *
 * The result is the caller's to free(). host: what the program calls this machine. */
char *mask_screen(const char *text, const char *host);

#endif
