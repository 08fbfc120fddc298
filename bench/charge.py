"""A load of plain HTTP/1.1 requests on one server, and what it answered; no dependency, so that it costs little."""

import asyncio
import statistics
import time
from dataclasses import dataclass


@dataclass
class Charge:
    """What one round of requests gave. Times in milliseconds, size in kilobytes (uncompressed)."""

    requests: int
    seconds: float
    latencies: list[float]
    size: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.latencies)


def measure(host: str, port: int, path: str, cookies: list[str], *, clients: int, seconds: float) -> Charge:
    """Ask for `path` again and again for `seconds`, over `clients` connections kept alive."""
    return asyncio.run(_measure(host, port, [path], cookies, clients, seconds))


def measure_many(
    host: str,
    port: int,
    paths: list[str],
    cookies: list[str],
    *,
    clients: int,
    seconds: float,
    at_least: int = 1,
) -> Charge:
    """Like `measure`, for each of `paths` in turn, asked for by each of `cookies` in turn, and `at_least` so many times."""
    return asyncio.run(_measure(host, port, paths, cookies, clients, seconds, at_least))


async def _measure(
    host: str,
    port: int,
    paths: list[str],
    cookies: list[str],
    clients: int,
    seconds: float,
    at_least: int = 1,
) -> Charge:
    latencies: list[float] = []
    sizes: list[int] = []
    stop_at = time.perf_counter() + seconds
    start = time.perf_counter()
    turn = iter(range(10**9))

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, port, limit=2**22)
        try:
            while len(latencies) < at_least or time.perf_counter() < stop_at:
                number = next(turn)
                path = paths[number % len(paths)]
                cookie = cookies[number // len(paths) % len(cookies)]
                before = time.perf_counter()
                writer.write(
                    f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n"
                    "Accept: text/html\r\n\r\n".encode()
                )
                status, size = await _answer(reader)
                assert status == 200, (path, status)
                latencies.append((time.perf_counter() - before) * 1000)
                sizes.append(size)
        finally:
            writer.close()

    await asyncio.gather(*[client() for _ in range(clients)])
    return Charge(len(latencies), time.perf_counter() - start, latencies, statistics.mean(sizes) / 1000)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Status and length of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" in head:
        length = 0
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            await reader.readexactly(size + 2)
            length += size
        await reader.readexactly(2)
        return status, length
    length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
    await reader.readexactly(length)
    return status, length
