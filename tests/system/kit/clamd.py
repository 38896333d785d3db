# SPDX-License-Identifier: ISC
"""A private clamd: own configuration, sockets, log and temporary files below
one directory, and the two signatures of clamd-db/ instead of the official
database.  It can be stopped, killed, frozen and started again in place.
"""
import os
import shutil
import signal
import socket
import subprocess

from . import proc
from .tap import wait_for

CLAMD = "/usr/sbin/clamd"
DATABASE = os.path.join(os.path.dirname(__file__), "../clamd-db")

# What the database finds: the EICAR test string, in two halves so that no
# scanner objects to this file, and a word of our own.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" +
         "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
EICAR_NAME = "Pratique.Test.Eicar.UNOFFICIAL"
MARKER = "pratique-yellow-flag-" + "test-word"
MARKER_NAME = "Pratique.Test.YellowFlag.UNOFFICIAL"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Clamd:
    def __init__(self, directory, extra=None):
        self.directory = directory
        self.socket_directory = os.path.join(directory, "sock")
        self.socket = os.path.join(self.socket_directory, "clamd.sock")
        self.port = free_port()
        self.log = os.path.join(directory, "clamd.log")
        self.process = None
        self._write(extra or {})

    def _write(self, extra):
        """clamd takes one "Name value" per line."""
        at = self.directory
        settings = {
            "Foreground": "yes",
            "User": "clamav",
            "DatabaseDirectory": f"{at}/db",
            "LocalSocket": self.socket,
            "LocalSocketMode": "666",
            "FixStaleSocket": "yes",
            "TCPSocket": self.port,
            "TCPAddr": "127.0.0.1",
            "LogFile": self.log,
            "LogTime": "yes",
            "TemporaryDirectory": f"{at}/tmp",
            "AlertExceedsMax": "yes",
            "StreamMaxLength": "25M",
            "MaxFileSize": "25M",
            "MaxScanSize": "100M",
            "MaxConnectionQueueLength": 200,
            "SelfCheck": 86400,
            "Bytecode": "no",
        }
        settings.update(extra)
        os.makedirs(f"{at}/tmp")
        os.makedirs(self.socket_directory)
        # A copy: the checkout may be where user clamav cannot read.
        shutil.copytree(DATABASE, f"{at}/db")
        # clamd binds its socket after it has become that user.
        for path in at, f"{at}/tmp", f"{at}/db", self.socket_directory:
            os.chmod(path, 0o755)
            shutil.chown(path, settings["User"])
        with open(f"{at}/clamd.conf", "w", encoding="ascii") as out:
            for name, value in settings.items():
                out.write(f"{name} {value}\n")

    def start(self):
        with open(f"{self.directory}/clamd.out", "ab") as out:
            self.process = subprocess.Popen(
                [CLAMD, "-c", f"{self.directory}/clamd.conf"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        wait_for("clamd to answer", self._answers)
        return self

    def _answers(self):
        if self.process.poll() is not None:
            with open(f"{self.directory}/clamd.out", encoding="utf-8",
                      errors="replace") as out:
                raise RuntimeError("clamd ended: " + out.read())
        return (self._ping(socket.AF_UNIX, self.socket) and
                self._ping(socket.AF_INET, ("127.0.0.1", self.port)))

    @staticmethod
    def _ping(family, address):
        try:
            with socket.socket(family) as asking:
                asking.settimeout(5)
                asking.connect(address)
                asking.sendall(b"zPING\0")
                return asking.recv(16) == b"PONG\0"
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        if how != signal.SIGKILL:
            self.thaw()  # a frozen process would not see SIGTERM
        self.process.send_signal(how)
        self.process.wait()
        self.process = None

    def kill(self):
        self.stop(signal.SIGKILL)

    def configure(self, **settings):
        """Restart with some settings changed."""
        self.stop()
        path = f"{self.directory}/clamd.conf"
        with open(path, encoding="ascii") as conf:
            lines = [line for line in conf
                     if line.partition(" ")[0] not in settings]
        with open(path, "w", encoding="ascii") as conf:
            conf.writelines(lines)
            for name, value in settings.items():
                conf.write(f"{name} {value}\n")
        self.start()

    def move(self):
        """Restart with the socket's directory made anew, as service managers
        do with directories below /run."""
        self.stop()
        old = self.socket_directory + ".old"
        os.rename(self.socket_directory, old)
        os.makedirs(self.socket_directory)
        shutil.copystat(old, self.socket_directory)
        shutil.chown(self.socket_directory, "clamav")
        os.rmdir(old)
        self.start()

    def freeze(self):
        """Connections are still taken by the kernel, nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)
        wait_for("clamd to stand still", lambda: proc.status(
            self.process.pid)["State"].startswith("T"))

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
