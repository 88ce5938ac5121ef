#ifndef MOUSE_H
#define MOUSE_H

/* What a person did with the mouse. */
enum mouse_kind { MOUSE_CLICK, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse {
    enum mouse_kind kind;
    int y, x;                        /* the cell, from 0 on */
};

#endif
