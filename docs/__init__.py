"""The documentation, and what keeps its reference pages true to the code."""
