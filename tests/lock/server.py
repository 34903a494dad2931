"""A real authoritative server on loopback: nsd over zone files that a test writes."""

import pathlib
import shutil
import socket
import subprocess
import time

NSD = shutil.which("nsd") or "/usr/sbin/nsd"

CONFIG = """server:
  server-count: 1
  ip-address: 127.0.0.1@{port}
  ip-address: ::1@{port}
  username: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  zonelistfile: "{folder}/zone.list"
  logfile: "{folder}/nsd.log"
  hide-version: yes
remote-control:
  control-enable: no
"""
HEAD = """$ORIGIN {zone}.
$TTL 3600
@ IN SOA ns.{zone}. hostmaster.{zone}. 1 3600 600 86400 60
@ IN NS ns.{zone}.
ns IN A 127.0.0.1
"""


def free_port():
    """A port that neither UDP nor TCP uses now, on both loopback addresses."""
    while True:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as tcp, \
             socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp:
            tcp.bind(("::", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("::", port))
            except OSError:
                continue
            return port


class Nsd:
    """`with Nsd(folder, zones) as server`: zones is {name: lines of a zone file}."""

    def __init__(self, folder, zones):
        self.folder = pathlib.Path(folder)
        self.zones = zones
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.process = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        config = CONFIG.format(port=self.port, folder=self.folder)
        for zone, lines in self.zones.items():
            (self.folder / f"{zone}.zone").write_text(HEAD.format(zone=zone) + lines, "latin-1")
            config += f'zone:\n  name: "{zone}"\n  zonefile: "{zone}.zone"\n'
        (self.folder / "nsd.conf").write_text(config, "utf-8")
        self.process = subprocess.Popen([NSD, "-d", "-c", self.folder / "nsd.conf"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        self._wait()
        return self

    def _wait(self):
        """Until it takes connections: then it answers over UDP, too."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        log = self.folder / "nsd.log"
        raise AssertionError("nsd does not start\n" + (log.read_text("utf-8") if log.exists() else ""))

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
