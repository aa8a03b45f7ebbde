"""The raw archive: what servers answered, in WARC 1.1 files that any WARC tool reads."""
