"""What pytest-xdist starts for a worker that is forked elsewhere, and what it waits for.

Run as `python worker_stand_in.py SOCKET -u -c CODE`. It hands on what a worker is started with, and
ends as the worker does.
"""

import os
import pickle
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
    server.connect(sys.argv[1])
    asked = pickle.dumps((sys.argv[1:], dict(os.environ), os.getcwd()))  # noqa: PTH109
    socket.send_fds(server, [asked], [0, 1, 2])
    sys.exit(int(server.recv(16) or 1))
