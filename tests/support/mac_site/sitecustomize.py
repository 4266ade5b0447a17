"""Python imports this when it starts: a worker process takes itself for one on a Mac from then on.

Its parent doesn't: a database, for example, is opened by asking a Mac's own programs.
"""

import sys

from tests.support.mac_platform import become_a_mac

if "--multiprocessing-fork" in sys.orig_argv:
    become_a_mac()
