"""Python imports this when it starts: the process is on a Mac from then on, as far as it knows."""

import platform
import sys
import sysconfig
import urllib.request  # noqa: F401  asks a real Mac for its proxies when it is imported on one

from tests.support.mac_platform import StandInFinder, mac_version, machine

# Read once and kept: those of a Mac's Python are not here.
sysconfig.get_config_vars()
sys.meta_path.insert(0, StandInFinder())
sys.platform = "darwin"
platform.machine = machine
platform.mac_ver = mac_version
