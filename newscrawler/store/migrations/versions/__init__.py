"""One file a step, named after its revision; a step that has been released never changes."""
