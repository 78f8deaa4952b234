"""Reports: a situation or an analysis as a document to be kept and sent, with the figures of the screen at one moment."""
