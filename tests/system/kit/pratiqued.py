# SPDX-License-Identifier: ISC
"""The daemon under test: writes its configuration, starts it in the
foreground, reads its log, and finds its processes by what they are.
"""
import json
import os
import re
import signal
import subprocess

from . import proc
from .tap import BUILD, wait_for

# Set by tests that run another test with the other engine.
ENGINE = os.environ.get("PRATIQUE_TEST_ENGINE", "")
PROGRAM = os.path.join(BUILD, "pratiqued")
MONITOR = "pratique-monitor"
KEYS = "pratique-keys"
SESSION = "pratique-session"
LIBMILTER = "pratique-libmilter"
SCANNER = "pratique-scanner"

_PAIR = re.compile(r'([A-Za-z_]+)=("(?:[^"\\]|\\.)*"|[^ "]*)(?: |$)')


class Line(dict):
    """One log line: keys and their text; .order has the keys as written."""

    def __init__(self, text):
        self.text = text
        if text.startswith("{"):
            pairs = list(json.loads(text).items())
        else:
            pairs = [(k, _unquote(v)) for k, v in _PAIR.findall(text)]
        super().__init__(pairs)
        self.order = [k for k, _ in pairs]


def _unquote(value):
    if not value.startswith('"'):
        return value
    return re.sub(r"\\(.)", r"\1", value[1:-1])


def render(settings, indent=""):
    """Configuration text of a dict: sections are dicts, lists are lists."""
    lines = []
    for key, value in settings.items():
        if isinstance(value, dict):
            inner = render(value, indent + "\t")
            lines.append(f"{indent}{key} {{\n{inner}{indent}}}\n")
        elif isinstance(value, (list, tuple)):
            items = ", ".join(_quote(item) for item in value)
            lines.append(f"{indent}{key} = {{ {items} }}\n")
        else:
            lines.append(f"{indent}{key} = {_quote(value)}\n")
    return "".join(lines)


def _quote(value):
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


class Pratiqued:
    """settings override the defaults below; clamd is an address."""

    def __init__(self, directory, clamd, **settings):
        self.directory = directory
        self.socket = os.path.join(directory, "milter.sock")
        self.config = os.path.join(directory, "pratique.conf")
        self.log_file = os.path.join(directory, "pratiqued.log")
        self.process = None
        # A command that becomes the program given behind it, and the
        # directory of our programs.
        self.around = []
        self.programs_in = BUILD
        self.inside = None  # the path of our configuration, if it is another
        self.settings = {
            "listen": [f"unix:{self.socket}"],
            "socket_mode": "0660",
            "socket_group": "postfix",
            "run_dir": os.path.join(directory, "run"),
            "libexec_dir": BUILD,
            'clamd "main"': {"address": clamd, "max_scans": 8},
        }
        if ENGINE:
            self.settings["engine"] = ENGINE
        self.settings.update(settings)
        os.makedirs(self.settings["run_dir"], mode=0o755, exist_ok=True)

    def write(self):
        with open(self.config, "w", encoding="latin-1") as out:
            out.write(render(self.settings))
        os.chmod(self.config, 0o600)

    def start(self, *options):
        """Starts it anew: the log of an earlier run is dropped.  One that
        still runs must be stopped first: nobody would end it any more."""
        if self.process is not None and self.process.poll() is None:
            raise RuntimeError("pratiqued is already running")
        self.write()
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(
                [*self.around, self.program(), "-c", self.inside or self.config,
                 *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if self.settings.get("log_to") != "syslog":
            wait_for("pratiqued to be ready", self._started)
        return self

    def _started(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"pratiqued ended: {self.text()}")
        return self.lines("ready")

    def program(self):
        return os.path.join(self.programs_in, "pratiqued")

    def tool(self, command):
        """pratique(8): exit status and output."""
        done = subprocess.run(
            [os.path.join(BUILD, "pratique"), "-r", self.settings["run_dir"],
             command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=60, check=False)
        return done.returncode, done.stdout.decode("latin-1")

    def run(self, *options):
        """Runs it to its end with these options: status and output."""
        done = subprocess.run([*self.around, self.program(), *options],
                              stdin=subprocess.DEVNULL, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        return (done.returncode, done.stdout.decode("latin-1"),
                done.stderr.decode("latin-1"))

    def stop(self, how=signal.SIGTERM):
        """Ends it and waits; its exit status, negative for a signal."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        status = self.process.wait(60)
        self.process = None
        return status

    def text(self):
        with open(self.log_file, encoding="latin-1") as log:
            return log.read()

    def lines(self, event=None, **keys):
        """The log lines of an event whose keys have these values.  A last
        line that is still being written is left for the next time."""
        whole = self.text().rpartition("\n")[0].split("\n")
        return [line for line in map(Line, filter(None, whole))
                if (event is None or line.get("event") == event)
                and all(str(line.get(k)) == v for k, v in keys.items())]

    def wait_line(self, event, **keys):
        return wait_for(f"log line {event} {keys}",
                        lambda: self.lines(event, **keys))[-1]

    def pid(self):
        return self.process.pid

    def _role(self, name):
        return [p for p in proc.children(self.pid()) if proc.program(p) == name]

    def listeners(self):
        """All, retired ones too, the oldest first."""
        return self._role(LIBMILTER if self.settings.get("engine") == "libmilter"
                          else SESSION)

    def listener(self):
        return (self.listeners() or [0])[-1]

    def scanners(self):
        return self._role(SCANNER)

    def scanner(self):
        return (self.scanners() or [0])[-1]

    def sessions(self):
        return [s for lst in self.listeners() for s in proc.children(lst)]

    def tree(self):
        """Every process of ours, the monitor first."""
        return ([self.pid()] + self.listeners() + self.sessions()
                + self.scanners())

    def programs(self):
        """(pid, name of its program) of each process."""
        return [(pid, proc.program(pid)) for pid in self.tree()]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
