# SPDX-License-Identifier: ISC
"""A private Postfix: own configuration, queue, data and log below one
directory, smtpd on a free loopback port, everything delivered to the Sink.
chroot=True has smtpd and cleanup in the queue directory, as Debian has them.
The system's own instance, if there is one, is not touched: each command is
given our configuration directory.
"""
import os
import re
import subprocess

from .clamd import free_port
from .tap import wait_for

MAIN = """\
compatibility_level = 3.6
queue_directory = {at}/queue
data_directory = {at}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {at}/maillog
maillog_file_prefixes = {at}
myhostname = relay.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8, [::1]/128
inet_interfaces = loopback-only
inet_protocols = all
relayhost = [127.0.0.1]:{sink}
smtp_host_lookup = native
smtp_dns_support_level = disabled
smtp_tls_security_level = none
smtpd_tls_security_level = none
smtpd_relay_restrictions = permit_mynetworks, reject
message_size_limit = 104857600
header_size_limit = 1048576
mailbox_size_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
smtpd_timeout = 300s
minimal_backoff_time = 5s
maximal_backoff_time = 10s
queue_run_delay = 5s
default_destination_concurrency_limit = 20
initial_destination_concurrency = 20
default_process_limit = 100
in_flow_delay = 0
smtpd_milters = {milters}
non_smtpd_milters = {milters}
milter_default_action = tempfail
milter_connect_timeout = 30s
"""

# service type private unpriv chroot wakeup maxproc command
MASTER = """\
{address}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    def __init__(self, directory, sink_port, milters, address="127.0.0.1",
                 chroot=False):
        self.directory = directory
        self.address = address
        self.port = free_port()
        self.config = os.path.join(directory, "etc")
        self.maillog = os.path.join(directory, "maillog")
        for name in "etc", "queue", "data":
            os.makedirs(os.path.join(directory, name), exist_ok=True)
        os.chmod(directory, 0o755)
        with open(f"{self.config}/main.cf", "w", encoding="ascii") as out:
            out.write(MAIN.format(at=directory, sink=sink_port,
                                  milters=" ".join(milters)))
        master = MASTER.format(
            port=self.port, address=f"[{address}]" if ":" in address else address)
        if chroot:
            master = re.sub(r"^(\S+ \S+ \S+ \S+) n (.* (?:smtpd|cleanup))$",
                            r"\1 y \2", master, flags=re.MULTILINE)
        with open(f"{self.config}/master.cf", "w", encoding="ascii") as out:
            out.write(master)
        subprocess.run(["chown", "postfix", f"{directory}/data"], check=True)

    def command(self, name, *arguments):
        """Runs a Postfix command on this instance; returns its output."""
        done = subprocess.run([f"/usr/sbin/{name}", "-c", self.config,
                               *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)
        text = done.stdout.decode("utf-8", "replace")
        if done.returncode != 0:
            raise RuntimeError(f"{name} {arguments}: {text}")
        return text

    def log(self):
        try:
            with open(self.maillog, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def held(self):
        """Queue ids on hold (marked ! by postqueue)."""
        return re.findall(r"^([0-9A-Za-z]+)!", self.command("postqueue", "-p"),
                          re.MULTILINE)

    @staticmethod
    def queue_id(reply):
        """From "250 2.0.0 Ok: queued as ID"."""
        return reply.split()[-1]

    def idle(self):
        """Waits until nothing is left in the queue."""
        wait_for("an empty queue", lambda: "queue is empty" in
                 self.command("postqueue", "-p"))

    def __enter__(self):
        self.command("postfix", "start")
        wait_for("Postfix to start", lambda: "daemon started" in self.log())
        return self

    def __exit__(self, *_):
        subprocess.run(["/usr/sbin/postfix", "-c", self.config, "stop"],
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=False)
