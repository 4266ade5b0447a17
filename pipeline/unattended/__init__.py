"""Work that nobody looks at: log lines, what is being done, a daily copy, units of the system."""
