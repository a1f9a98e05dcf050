"""A normal kernel (`--engine kernel`) that is heard through its messages only."""

import os
import subprocess
import tempfile
from typing import Any

from jupyter_client.manager import AsyncKernelManager


class QuietKernelManager(AsyncKernelManager):
    """Starts a kernel whose own process prints nothing between what we print.

    What a notebook writes comes in messages. What is left is what libraries say when the process
    ends, such as libzmq's `Assertion failed: pfd.revents & POLLIN` on a busy machine. It begins
    without the IPython settings of whoever runs it: their start-up files could change a page.
    """

    async def start_kernel(self, **kw: Any) -> None:
        """Start it; arguments as in jupyter_client."""
        self._settings = tempfile.TemporaryDirectory(prefix="mma-ipython-")  # as long as we live
        own = dict(kw.pop("env", os.environ)) | {"IPYTHONDIR": self._settings.name}
        nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await super().start_kernel(**kw, env=own, **nowhere)
