"""An S3 server that forgets what it is sent, and gives one file to whoever asks, inside the kernel: what a client alone costs.

    bench/sink.py PORT FILE
"""

import os
import re
import socketserver
import sys

BUFFER = 1 << 20
BEGUN = b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
COMPLETED = b'<CompleteMultipartUploadResult><ETag>"1-1"</ETag></CompleteMultipartUploadResult>'


class Sink(socketserver.BaseRequestHandler):
    """A connection; the server counts the bytes, because clients ask for the size of what they put."""

    def handle(self):
        stream = self.request.makefile("rb", BUFFER)
        while line := stream.readline():
            verb, path, _ = line.decode("latin1").split(" ")
            headers = {}
            while (line := stream.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode("latin1").partition(":")
                headers[name.lower()] = value.strip()
            if "expect" in headers:
                self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            left = length = int(headers.get("content-length", 0))
            while left > 0:
                left -= len(stream.read(min(left, BUFFER)))
            if verb == "PUT" and re.search("partNumber=|/it", path):
                self.server.received += length
            self.answer(verb, path)

    def answer(self, verb, path):
        if verb == "GET":
            with open(self.server.file, "rb") as file:
                self.request.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {os.fstat(file.fileno()).st_size}\r\n\r\n".encode())
                self.request.sendfile(file)
            return
        status, body, length = "200 OK", b"", 0
        if verb == "POST":
            body = BEGUN if "uploads" in path else COMPLETED
            length = len(body)
        elif verb == "HEAD":
            status, length = ("200 OK", self.server.received) if self.server.received else ("404 Not Found", 0)
        modified = "Last-Modified: Sat, 21 Nov 2026 00:00:00 GMT\r\n" if verb == "HEAD" else ""
        self.request.sendall(f'HTTP/1.1 {status}\r\nETag: "1-1"\r\n{modified}Content-Length: {length}\r\n\r\n'.encode() + body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    received = 0
    file = None


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Sink) as server:
        server.file = sys.argv[2]
        server.serve_forever()
