/* placeholder */ extern int tui_placeholder; int tui_placeholder;
