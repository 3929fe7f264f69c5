"""Who changed what: one line a change, kept in files of bounded size."""
