#ifndef SUPPORT_SAME_H
#define SUPPORT_SAME_H

/* Structs compared member by member: what lies between members is nobody's, and differs as it likes. With pointers a and b to
 * the two in scope:
 *
 *     SAME(owner);
 *     SAME(told[0].thread);
 */
#define SAME(member) assert_memory_equal(&a->member, &b->member, sizeof(a->member))

#endif
