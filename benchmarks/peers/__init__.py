"""The same three calls, written by hand: what the prototype is held against."""
