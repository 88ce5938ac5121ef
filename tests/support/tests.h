#ifndef SUPPORT_TESTS_H
#define SUPPORT_TESTS_H

/* cmocka with what it needs before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
