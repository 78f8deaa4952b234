"""What goes out: the events a viewer may see, in the formats others read. Nothing here is ever read back by the house."""
