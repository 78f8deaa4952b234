"""Pictures and clips of events: sent by who contributes, reviewed by another post, shown to who sees the event."""
