"""Free TCP ports on loopback, below the range from which the kernel takes ports for outgoing
connections, so that nothing takes one between choosing and listening."""

import os
import random
import socket

_FIRST, _LAST = 20000, 32000
_next = random.Random(os.getpid()).randrange(_FIRST, _LAST)


def free_port():
    global _next
    for _ in range(_LAST - _FIRST):
        _next = _FIRST + (_next + 1 - _FIRST) % (_LAST - _FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", _next))
                return _next
            except OSError:
                continue
    raise RuntimeError("no free port on loopback")
