"""The same picture for machines: GeoJSON, snapshot, changes, live stream, health, and the files of the page."""
