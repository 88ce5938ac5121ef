/* placeholder */ extern int config_placeholder; int config_placeholder;
