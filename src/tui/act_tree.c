/* The list as a tree: its kinds, its folds, and moving from group to group. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/clock.h"

static void say_kind(struct app *a, enum tree_kind kind)
{
    static const char *const said[TREE_KINDS] = {
        "the plain list", "a tree by tag: + - unfold and fold, t again: by dependency",
        "a tree by dependency: + - unfold and fold, t again: the plain list",
    };
    static const char *const nothing[TREE_KINDS] = { "", "no site has a tag", "no site depends on another" };
    const struct forest *t = &a->view.tree;

    if (t->nshown == 1 && t->shown[0] == GROUP_REST)
        app_say(a, "%s", nothing[kind]);
    else
        app_say(a, "%s", said[kind]);
}

void action_tree(struct app *a, const char *argument)
{
    int kind = (a->view.tree.kind + 1) % TREE_KINDS;

    if (argument && *argument)
        kind = tree_kind(argument);
    if (kind < 0) {
        app_say_fault(a, "a tree is one of: tag dependency off");
        return;
    }
    if (view_set_tree(&a->view, a->snapshot, (enum tree_kind)kind))
        app_say_fault(a, "out of memory: this is the plain list");
    else
        say_kind(a, (enum tree_kind)kind);
}

static bool has_tree(struct app *a)
{
    if (!forest_is_on(&a->view.tree))
        app_say(a, "t shows the list as a tree, which has folds");
    return forest_is_on(&a->view.tree);
}

void action_unfold(struct app *a, const char *argument)
{
    (void)argument;
    if (has_tree(a) && !view_fold(&a->view, a->snapshot, false))
        app_say(a, "nothing is folded here");
}

void action_fold(struct app *a, const char *argument)
{
    (void)argument;
    if (has_tree(a))
        view_fold(&a->view, a->snapshot, true);
}

void action_unfold_all(struct app *a, const char *argument)
{
    (void)argument;
    if (has_tree(a))
        view_fold_all(&a->view, a->snapshot, false);
}

void action_fold_all(struct app *a, const char *argument)
{
    (void)argument;
    if (has_tree(a))
        view_fold_all(&a->view, a->snapshot, true);
}

void action_group_before(struct app *a, const char *argument)
{
    (void)argument;
    if (a->replay.on)
        replay_step(a, 0, -MS_PER_H);
    else
        view_go_group(&a->view, a->snapshot, -1);
}

void action_group_after(struct app *a, const char *argument)
{
    (void)argument;
    if (a->replay.on)
        replay_step(a, 0, MS_PER_H);
    else
        view_go_group(&a->view, a->snapshot, 1);
}
