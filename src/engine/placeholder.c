/* placeholder */ extern int engine_placeholder; int engine_placeholder;
