from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sorter.kinds import folder


class Sorter(BaseHTTPRequestHandler):
    """POST a file, and be told its folder."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        answer = folder(self.rfile.read(length)) + "\n"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())


def serve(port: int) -> None:
    print(f"file-sorter listens on {port}")
    ThreadingHTTPServer(("", port), Sorter).serve_forever()
