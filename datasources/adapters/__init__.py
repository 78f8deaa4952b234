"""One module per format; none knows another, HTTP or SQL."""
