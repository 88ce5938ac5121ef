extern int support_placeholder; int support_placeholder;
