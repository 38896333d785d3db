# SPDX-License-Identifier: ISC
"""A clamd that misbehaves on request, for what the real one cannot be made to
do.  It answers PING, VERSION and STATS, and finds canaries, as clamd does;
with messages it does what the test says:

    answer    bytes, sent as they are, or a function of a Request

and what it does with commands can be replaced in .commands.  It notes what
it was sent, so that tests can look at our side of the protocol too.
"""
import array
import os
import socket
import struct
import threading
import time

VERSION = b"ClamAV 1.4.6/27000/" + time.strftime(
    "%a %b %d %H:%M:%S %Y", time.gmtime()).encode()
STATS = (b"POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live 1  idle 0 max %d "
         b"idle-timeout 30\nQUEUE: 0 items\n\nEND\0")
CANARY = b"name=canary.tar"
PIECE = 1 << 16


class Request:
    """One message: how it came, its bytes, the connection it came on."""

    def __init__(self, connection, data, descriptors=(), command=b""):
        self.connection = connection
        self.data = data
        self.descriptors = descriptors  # flags and seals of each
        self.command = command
        self.subject = b"fd[11]" if descriptors else b"stream"

    def reply(self, verdict):
        return self.subject + b": " + verdict + b"\0"


class Fake:
    def __init__(self, where, answer=None, threads=10):
        if isinstance(where, str):
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(where)
            os.chmod(where, 0o666)
            self.address = f"unix:{where}"
        else:
            self.listener = socket.create_server(where)
            self.address = "inet:%d@127.0.0.1" % self.listener.getsockname()[1]
        self.answer = answer or (lambda request: request.reply(b"OK"))
        self.version = VERSION + b"\0"
        self.stats = STATS % threads
        self.commands = {}  # replaced ones: function(connection)
        self.canary = None  # what canaries are answered
        self.requests = []  # messages, canaries left out
        self.seen = []  # all commands
        self.now = 0  # messages and canaries in hand
        self.most = 0
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self):
        self.listener.listen(256)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._closed = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def _serve(self):
        while not self._closed:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,),
                             daemon=True).start()

    def _talk(self, connection):
        try:
            with connection:
                self._command(connection)
        except OSError:
            pass  # the other side has gone

    def _command(self, connection):
        if "accept" in self.commands and self.commands["accept"](connection):
            return
        head, passed, _, _ = connection.recvmsg(
            PIECE, socket.CMSG_SPACE(8 * 4))
        descriptors = array.array("i")
        for _, kind, data in passed:
            if kind == socket.SCM_RIGHTS:
                descriptors.frombytes(data[:len(data) // 4 * 4])
        name = head.partition(b"\0")[0][1:].decode("latin-1")
        self.seen.append(head[:16])
        try:
            if name in self.commands:
                self.commands[name](connection)
            elif name == "PING":
                connection.sendall(b"PONG\0")
            elif name == "VERSION":
                connection.sendall(self.version)
            elif name == "STATS":
                connection.sendall(self.stats)
            elif name == "FILDES":
                self._fildes(connection, head, descriptors)
            elif name == "INSTREAM":
                self._scan(Request(connection, _stream(
                    connection, head.partition(b"\0")[2]), command=head[:10]))
            else:
                connection.sendall(b"UNKNOWN COMMAND\0")
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _fildes(self, connection, head, descriptors):
        import fcntl
        facts = [(fcntl.fcntl(d, fcntl.F_GETFL),
                  fcntl.fcntl(d, fcntl.F_GET_SEALS)) for d in descriptors]
        data = b""
        while piece := os.pread(descriptors[0], 1 << 20, len(data)):
            data += piece
        self._scan(Request(connection, data, facts, head))

    def _scan(self, request):
        if CANARY in request.data[:PIECE]:
            say = self.canary or (lambda r: r.reply(b"Eicar FOUND"))
        elif request.data[:2] == b"\x1f\x8b":
            say = self.canary or (lambda r: r.reply(
                b"Heuristics.Limits.Exceeded.MaxRecursion FOUND"))
        elif request.data[257:262] == b"ustar":
            say = lambda r: r.reply(b"OK")  # no limit for archives
        else:
            self.requests.append(request)
            say = self.answer
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            reply = say(request) if callable(say) else say
            if reply is not None:
                request.connection.sendall(reply)
        finally:
            with self._lock:
                self.now -= 1


def _exactly(connection, data, count):
    while len(data) < count:
        piece = connection.recv(PIECE)
        if not piece:
            raise OSError("cut")
        data += piece
    return data[:count], data[count:]


def _stream(connection, rest):
    """The bytes of all chunks."""
    chunks = []
    while True:
        length, rest = _exactly(connection, rest, 4)
        length, = struct.unpack("!I", length)
        if length == 0:
            return b"".join(chunks)
        chunk, rest = _exactly(connection, rest, length)
        chunks.append(chunk)


def reset(connection):
    """Closes so that the other side sees a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
    connection.close()
