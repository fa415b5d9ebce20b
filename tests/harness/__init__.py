"""What the whole-program tests stand on: a throwaway Dovecot, casepost's programs, faults between
them, and a teardown that finds what went wrong although nobody looked.

Standard library and pytest only, so that Debian's python3-pytest is all a machine needs.
"""
