"""What adapters share: text, times, places, tables, XML, field maps. No adapter imports another."""
