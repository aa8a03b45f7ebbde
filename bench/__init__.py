"""Measurements of speed; `python -m bench` runs them all."""
