"""A process that prints nothing, for a long time."""

import time

time.sleep(60)
