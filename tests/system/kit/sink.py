# SPDX-License-Identifier: ISC
"""The mail server behind Postfix: a small SMTP server in threads of this
process that accepts everything and keeps it.  What is found here was
delivered; nothing else counts as delivered.
"""
import socketserver
import threading

from .tap import wait_for

LINE_MAX = 1 << 20


class Mail:
    """One delivered message: sender, recipients, header fields, body."""

    def __init__(self, sender, recipients, data):
        self.sender = sender
        self.recipients = recipients
        self.data = data
        head, _, self.body = data.partition(b"\n\n")
        self.fields = []
        for line in head.decode("latin-1").split("\n"):
            if line[:1] in (" ", "\t") and self.fields:
                name, value = self.fields[-1]
                self.fields[-1] = (name, value + "\n" + line)
            elif ":" in line:
                name, value = line.split(":", 1)
                self.fields.append((name, value.strip(" ")))

    def values(self, name):
        """All values of the fields of that name, whatever their case."""
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def tag(self):
        """The test's own mark, see smtp.message()."""
        return (self.values("X-Test-Tag") or [""])[0]


class _Session(socketserver.StreamRequestHandler):
    def _say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def _data(self):
        lines = []
        while True:
            line = self.rfile.readline(LINE_MAX)
            if not line:
                return None
            if line == b".\r\n":
                return b"".join(lines)
            if line.startswith(b"."):
                line = line[1:]
            lines.append(line.replace(b"\r\n", b"\n"))

    def handle(self):
        sender, recipients = "", []
        self._say("220 sink.example ESMTP")
        while True:
            line = self.rfile.readline(LINE_MAX).decode("latin-1").strip()
            verb = line[:4].upper()
            if verb == "EHLO":
                self._say("250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME")
            elif verb == "MAIL":
                sender, recipients = _address(line), []
                self._say("250 2.1.0 sender ok")
            elif verb == "RCPT":
                recipients.append(_address(line))
                self._say("250 2.1.5 recipient ok")
            elif verb == "DATA":
                self._say("354 go on")
                data = self._data()
                if data is None:
                    return
                self.server.keep(Mail(sender, recipients, data))
                self._say("250 2.0.0 kept")
            elif verb in ("RSET", "NOOP", "HELO"):
                self._say("250 2.0.0 ok")
            else:
                self._say("221 2.0.0 bye")
                return


def _address(line):
    return line.partition("<")[2].partition(">")[0]


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.port = self.server_address[1]
        self._lock = threading.Lock()
        self._mails = []

    def handle_error(self, request, client_address):
        """A client that goes away in the middle: nothing was kept."""

    def keep(self, mail):
        with self._lock:
            self._mails.append(mail)

    def mails(self, tag=None):
        with self._lock:
            return [m for m in self._mails if tag is None or m.tag() == tag]

    def wait(self, tag):
        """The delivered message with that tag."""
        return wait_for(f"delivery of {tag}", lambda: self.mails(tag))[0]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
