"""Imported in the server that forks for `preloaded`: it outlives whoever asks it for a process.

One who is killed between greeting it and asking takes Python's own server with it (EOFError in
`multiprocessing.forkserver.main`). That harms nobody where each program has a server of its own;
here one server forks for all. That it skips a connection that was broken off is Python's own rule.
"""

from errno import ECONNABORTED
from multiprocessing import reduction
from socket import socket

receive = reduction.recvfds


def receive_unless_gone(connection: socket, size: int) -> list[int]:
    try:
        return receive(connection, size)
    except EOFError as error:
        raise ConnectionAbortedError(ECONNABORTED, "who asked is gone") from error


reduction.recvfds = receive_unless_gone
