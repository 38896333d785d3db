# SPDX-License-Identifier: ISC
"""A private Sendmail: same interface as Postfix, everything below one
directory, delivered to the Sink.

Debian's Sendmail cannot be installed beside Postfix, so its packages are
fetched with apt-get once, unpacked with dpkg into a cache directory, and run
from there with a sendmail.cf made by m4.  The libraries it needs are in
tests/packages.  Its syslog lines go nowhere; with -X it keeps the transcript
of its SMTP traffic, which log() returns.
"""
import contextlib
import glob
import os
import socket
import subprocess
import tempfile

from .clamd import free_port
from .tap import wait_for

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", "/var/cache"),
                     "pratique-tests")
PACKAGES = ["sendmail-bin", "sendmail-cf"]

# Sendmail waits a minute for a host name with a dot in it: give it one.
OWN_NAME = ["unshare", "--uts", "sh", "-c",
            'echo relay.example >/proc/sys/kernel/hostname; exec "$@"', "sh"]

# The path checks are relaxed because the tests live below /tmp.
MC = """\
VERSIONID(`private Sendmail of the system tests')dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `relay.example')dnl
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')dnl
define(`confPID_FILE', `{at}/pid')dnl
define(`QUEUE_DIR', `{at}/queue')dnl
define(`STATUS_FILE', `{at}/status')dnl
define(`HELP_FILE', `{at}/none')dnl
define(`ALIAS_FILE', `')dnl
define(`confSERVICE_SWITCH_FILE', `{at}/switch')dnl
define(`confHOSTS_FILE', `/etc/hosts')dnl
define(`confMAX_HEADERS_LENGTH', `1048576')dnl
define(`confMAX_MESSAGE_SIZE', `104857600')dnl
define(`confDELIVERY_MODE', `background')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confALLOW_BOGUS_HELO', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confTO_QUEUEWARN', `')dnl
define(`confREFUSE_LA', `0')dnl
define(`confQUEUE_LA', `10000')dnl
define(`confDELAY_LA', `0')dnl
define(`confBAD_RCPT_THROTTLE', `0')dnl
define(`confMAX_DAEMON_CHILDREN', `0')dnl
define(`confPRIVACY_FLAGS', `authwarnings')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {sink}')dnl
define(`LOCAL_RELAY', `relay:[127.0.0.1]')dnl
define(`MAIL_HUB', `relay:[127.0.0.1]')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`nocanonify')dnl
DAEMON_OPTIONS(`Name=MTA,Family={family},Addr={address},Port={port}')dnl
{filters}MAILER(`smtp')dnl
"""

# The times are Sendmail's own, but for connecting.
FILTER = ("INPUT_MAIL_FILTER(`filter{n}', "
          "`S={address}, F=T, T=C:30s;S:10s;R:10s;E:5m')dnl\n")


def unpacked():
    """The directory that holds the unpacked packages: made under another
    name and renamed when it is complete."""
    root = os.path.join(CACHE, "sendmail")
    if os.path.exists(root):
        return root
    os.makedirs(CACHE, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as new:
        subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root",
                        "download", *PACKAGES], cwd=new, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for package in glob.glob(f"{new}/*.deb"):
            subprocess.run(["dpkg", "-x", package, f"{new}/root"], check=True)
        os.chmod(f"{new}/root", 0o755)
        with contextlib.suppress(OSError):  # another run was faster
            os.rename(f"{new}/root", root)
    return root


class Sendmail:
    def __init__(self, directory, sink_port, milters, address="127.0.0.1"):
        self.directory = directory
        self.address = address
        self.port = free_port()
        self.queue = os.path.join(directory, "queue")
        self.config = os.path.join(directory, "sendmail.cf")
        self.transcript = os.path.join(directory, "transcript")
        self.process = None
        os.makedirs(self.queue, mode=0o700)
        os.chmod(directory, 0o755)
        with open(f"{directory}/switch", "w", encoding="ascii") as out:
            out.write("hosts files\naliases files\n")
        root = unpacked()
        self.program = f"{root}/usr/libexec/sendmail/sendmail"
        self._configure(root, sink_port, milters)

    def _configure(self, root, sink_port, milters):
        filters = "".join(FILTER.format(n=n, address=milter)
                          for n, milter in enumerate(milters))
        source = os.path.join(self.directory, "sendmail.mc")
        with open(source, "w", encoding="ascii") as out:
            out.write(MC.format(
                at=self.directory, sink=sink_port, port=self.port,
                family="inet6" if ":" in self.address else "inet",
                address=self.address, filters=filters))
        cf = f"{root}/usr/share/sendmail/cf/"
        with open(self.config, "wb") as out:
            subprocess.run(["m4", f"-D_CF_DIR_={cf}", f"{cf}m4/cf.m4", source],
                           stdout=out, stderr=subprocess.DEVNULL, check=True)
        os.chmod(self.config, 0o644)

    def open(self, *arguments):
        """Starts Sendmail with this configuration, its ends on pipes."""
        return subprocess.Popen(
            [*OWN_NAME, self.program, "-C", self.config, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def log(self):
        try:
            with open(self.transcript, encoding="latin-1") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def _queued(self, prefix):
        return sorted(name[2:] for name in os.listdir(self.queue)
                      if name.startswith(prefix))

    def held(self):
        """Queue ids in quarantine."""
        return self._queued("hf")

    def idle(self):
        """Waits until nothing is left in the queue."""
        wait_for("an empty queue", lambda: not self._queued("qf"))

    @staticmethod
    def queue_id(reply):
        """From "250 2.0.0 ID Message accepted for delivery"."""
        return reply.split()[2]

    def _answers(self):
        if self.process.poll() is not None:
            with open(f"{self.directory}/out", encoding="latin-1") as out:
                raise RuntimeError("Sendmail ended: " + out.read())
        try:
            socket.create_connection((self.address, self.port), 5).close()
        except ConnectionRefusedError:
            return False
        return True

    def __enter__(self):
        with open(f"{self.directory}/out", "ab") as out:
            self.process = subprocess.Popen(
                [*OWN_NAME, self.program, "-C", self.config, "-bD", "-q5s",
                 "-X", self.transcript],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        wait_for("Sendmail to start", self._answers)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
