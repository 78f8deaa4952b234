"""The formats partners publish in, as they are found in the wild."""
