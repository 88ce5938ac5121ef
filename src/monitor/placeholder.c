/* placeholder */ extern int monitor_placeholder; int monitor_placeholder;
