"""What goes wrong in a process, for a process to do: it imports this, so nothing else is here."""

import os
import signal
import subprocess
import sys
import threading


def misbehave(job: str) -> str:
    match job:
        case "raises":
            raise ValueError("wrong")
        case "raises without words":
            raise ValueError
        case "finds no room":
            raise OSError(28, "No space left on device")
        case "asks":
            input()
        case "exits":
            raise SystemExit
        case "leaves":
            os._exit(9)
        case "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "takes memory":
            bytearray(2**31)
        case "starts another":
            script = "import time; time.sleep(600)"
            started = subprocess.Popen([sys.executable, "-c", script])
            return f"{started.pid}"
        case "hangs":
            threading.Event().wait()
        case "soils" | "looks":
            before = os.environ.get("MMA_SOILED", "clean")
            os.environ["MMA_SOILED"] = "soiled"
            return before
    return job
