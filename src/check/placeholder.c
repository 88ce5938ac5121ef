/* placeholder */ extern int check_placeholder; int check_placeholder;
