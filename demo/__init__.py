"""Partners that do not exist: a played day, served in the partners' true formats over loopback HTTP."""
