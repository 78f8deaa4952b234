"""Partners pool what they know: a form, saved, is one record of its organisation's own source, and goes up the same stairs as a poll."""
