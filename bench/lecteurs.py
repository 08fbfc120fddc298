"""Many WebSocket readers in one process, as cheap as Python allows: they must not be what is measured.

Each is a bare socket: handshake written by hand, what comes read in large pieces, frames found by a marker that they
hold (`bytes.count` runs at memory speed). For latencies, the moment at which a frame was made stands in it, on the
monotonic clock that all processes of a machine share.
"""

import array
import base64
import contextlib
import json
import os
import re
import resource
import selectors
import socket
import struct
import time
from dataclasses import dataclass, field
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

PIECE = 256 * 1024
HANDSHAKES = 6  # under way at once
MADE_AT = re.compile(rb"t=(\d+\.\d+);")


@dataclass
class Ouverture:
    """How one reader opens its line: address, headers, what it says first, what it then waits for."""

    port: int
    path: str = "/ws/?v=1"
    headers: dict[str, str] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    # Each is to be heard as many times as it stands here before the line counts as open.
    hears: str = ""
    times: int = 0


def connect(opening: Ouverture, timeout: float = 60.0) -> socket.socket:
    """A line, handshake done and first words said; blocking."""
    line = socket.create_connection(("127.0.0.1", opening.port), timeout=timeout)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {
        "Host": f"localhost:{opening.port}",
        "Origin": f"http://localhost:{opening.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        **opening.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line.sendall(f"GET {opening.path} HTTP/1.1\r\n{head}\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = line.recv(4096)
        if not piece:
            raise ConnectionError(answer[:200])
        answer += piece
    if b" 101 " not in answer.split(b"\r\n", 1)[0]:
        raise ConnectionError(answer[:200])
    for text in opening.says:
        line.sendall(client_frame(text))
    wanted, heard = f'"{opening.hears}"'.encode(), answer.split(b"\r\n\r\n", 1)[1]
    while heard.count(wanted) < opening.times:
        piece = line.recv(65536)
        if not piece:
            raise ConnectionError(heard[-200:])
        heard += piece
    return line


def client_frame(text: str) -> bytes:
    """A text frame as a client sends it; masked with zeros, which leaves the payload as it is."""
    payload = text.encode()
    length = len(payload)
    if length < 126:
        head = bytes((0x81, 0x80 | length))
    elif length < 65536:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, length)
    else:
        head = struct.pack("!BBQ", 0x81, 0x80 | 127, length)
    return head + b"\0\0\0\0" + payload


class Lecteurs:
    """Readers in processes of their own, driven from here.

    `count` and `latencies` are of what came since `start`; `marker` is what each counted frame holds once.
    """

    def __init__(self, openings: list[Ouverture], processes: int) -> None:
        self._ends: list[Connection] = []
        self._children: list[Process] = []
        for number in range(processes):
            mine, theirs = Pipe()
            child = Process(target=_read, args=(openings[number::processes], theirs), daemon=True)
            child.start()
            theirs.close()
            self._ends.append(mine)
            self._children.append(child)
        for end in self._ends:
            answer = end.recv()
            if answer != "open":
                raise ConnectionError(answer)

    def start(self, marker: str, *, timed: bool) -> None:
        for end in self._ends:
            end.send(("start", marker.encode(), timed))
        for end in self._ends:
            end.recv()

    def count(self) -> int:
        for end in self._ends:
            end.send(("count",))
        return sum(end.recv() for end in self._ends)

    def latencies(self) -> list[float]:
        """In milliseconds, in no order."""
        found: list[float] = []
        for end in self._ends:
            end.send(("latencies",))
            values = array.array("d")
            values.frombytes(end.recv_bytes())
            found += values
        return found

    def busy(self) -> float:
        """Seconds of processor that the busiest of these processes has used."""
        return max(processor_time(child.pid or 0) for child in self._children)

    def stop(self) -> None:
        for child in self._children:
            child.kill()
            child.join()


def processor_time(pid: int) -> float:
    """Seconds of processor that a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def allow_many_files() -> None:
    """Let this process and its children hold thousands of sockets."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard > 0 else 65536, hard))


def _read(openings: list[Ouverture], end: Connection) -> None:
    try:
        lines = _open_all(openings)
    except Exception as error:
        end.send(repr(error))
        return
    end.send("open")
    selector = selectors.EpollSelector()
    for number, line in enumerate(lines):
        line.setblocking(False)
        selector.register(line, selectors.EVENT_READ, number)
    selector.register(end.fileno(), selectors.EVENT_READ, -1)
    marker, timed, counted = b"", False, 0
    tails: list[bytes] = [b""] * len(lines)
    latencies = array.array("d")
    clock = time.monotonic
    while True:
        for key, _ in selector.select():
            number = key.data
            if number < 0:
                order: tuple[Any, ...] = end.recv()
                if order[0] == "start":
                    _, marker, timed = order
                    counted, latencies = 0, array.array("d")
                    end.send("started")
                elif order[0] == "count":
                    end.send(counted)
                else:
                    end.send_bytes(latencies.tobytes())
                continue
            try:
                piece = lines[number].recv(PIECE)
            except BlockingIOError:
                continue
            except ConnectionError:
                piece = b""
            if not piece:
                selector.unregister(lines[number])
                continue
            # A marker may be cut by the end of a piece: enough is kept to find it with the next.
            piece = tails[number] + piece
            if timed:
                now = clock()
                last = 0
                for made in MADE_AT.finditer(piece):
                    latencies.append((now - float(made[1])) * 1000)
                    last = made.end()
                counted = len(latencies)
                tails[number] = piece[max(last, len(piece) - 32) :]
            elif marker:
                counted += piece.count(marker)
                cut = piece.rfind(marker)
                kept = len(marker) - 1
                tails[number] = piece[max(cut + len(marker) if cut >= 0 else 0, len(piece) - kept) :]


def _open_all(openings: list[Ouverture]) -> list[socket.socket]:
    """Several handshakes at once: a server that waits for its database then takes the next."""
    from concurrent.futures import ThreadPoolExecutor

    def insist(opening: Ouverture) -> socket.socket:
        for _ in range(10):
            with contextlib.suppress(ConnectionError):
                return connect(opening)
            time.sleep(0.5)
        return connect(opening)

    with ThreadPoolExecutor(HANDSHAKES) as pool:
        return list(pool.map(insist, openings))


def subscribe_frame(canal: str) -> str:
    return json.dumps({"type": "abonner", "canal": canal})
