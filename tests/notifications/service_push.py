"""A push service of our own, and the browser behind it: it reads what browsers would."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Service:
    """Listens on a free port from the start; `shown` is what it was sent, decrypted. To be stopped."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        self.status = 201
        self.requests: list[dict[str, str]] = []
        self.shown: list[dict[str, str]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.requests.append({name.lower(): value for name, value in self.headers.items()})
                plain = http_ece.decrypt(body, private_key=service.key, auth_secret=service.auth)
                service.shown.append(json.loads(plain))
                self.send_response(service.status)
                self.send_header("Location", f"http://127.0.0.1:{service.port}/ailleurs")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        # How often it looks whether it must stop: half a second a test otherwise.
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def subscription(self, path: str = "/a") -> dict[str, Any]:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {
            "endpoint": f"http://127.0.0.1:{self.port}{path}",
            "keys": {"p256dh": text(point), "auth": text(self.auth)},
        }

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
