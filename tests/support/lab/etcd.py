"""etcd, Debian's: members on hosts of the lab, asked and told through etcdctl as an administrator would."""
import json
import os
import shutil
import signal

from .wait import wait_until


class Etcd:
    """One member. `cluster`: {name: address} of all members; default: this one alone."""

    def __init__(self, host, address, cluster=None, tls=None, user=None):
        self.host, self.address, self.tls, self.user = host, address, tls, user
        self.cluster = cluster or {host.name: address}
        self.data_dir = host.dir / "etcd"
        self.process = None

    @property
    def endpoint(self):
        return f"{'https' if self.tls else 'http'}://{self.address}:2379"

    def spawn(self, port=2379):
        """On another port nobody but etcdctl finds it."""
        scheme = "https" if self.tls else "http"
        self.port, client = port, f"{scheme}://{self.address}:{port}"
        tls = self.tls.server_args() if self.tls else []
        members = ",".join(f"{name}=http://{address}:2380" for name, address in self.cluster.items())
        self.process = self.host.spawn(
            "etcd", "etcd", "--name", self.host.name, "--data-dir", self.data_dir, "--log-level", "error",
            "--listen-client-urls", client, "--advertise-client-urls", client, *tls,
            "--listen-peer-urls", f"http://{self.address}:2380", "--initial-advertise-peer-urls",
            f"http://{self.address}:2380", "--initial-cluster", members, "--initial-cluster-token", "lab",
            "--heartbeat-interval", "100", "--election-timeout", "1000", "--max-request-bytes", str(8 << 20))

    def start(self, port=2379):
        self.spawn(port)
        self.wait_until_healthy()

    def wait_until_healthy(self):
        wait_until(f"etcd {self.host.name} is healthy",
                   lambda: self.ctl("endpoint", "health", "--command-timeout", "1s", check=False).returncode == 0)

    def kill(self):
        self.process.kill()

    def pause(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def wipe(self):
        """As a lost volume would: started again with the same flags it has the same cluster id."""
        shutil.rmtree(self.data_dir)

    # ---- asking and telling
    def ctl(self, *args, stdin=None, check=True, user="own"):
        scheme = "https" if self.tls else "http"
        who = self.user if user == "own" else user
        return self.host.run("etcdctl", "--endpoints", f"{scheme}://{self.address}:{self.port}",
                             *(self.tls.etcdctl_args() if self.tls else []), *(["--user", who] if who else []),
                             *args, stdin=stdin, env={"ETCDCTL_API": "3"}, check=check)

    def get(self, key):
        return self.ctl("get", key, "--print-value-only").stdout.strip()

    def put(self, key, value):
        self.ctl("put", key, *([] if value else [""]), stdin=value)  # nothing on stdin is no value for it

    def all(self, prefix):
        """{key: value}; values of one line."""
        lines = self.ctl("get", prefix, "--prefix").stdout.split("\n")
        return dict(zip(lines[0:-1:2], lines[1::2]))

    def revision(self):
        return json.loads(self.ctl("get", "x", "-w", "json").stdout)["header"]["revision"]

    def _status(self):
        return json.loads(self.ctl("endpoint", "status", "-w", "json").stdout)[0]["Status"]

    def leader(self):
        """Who it takes for the leader; 0: nobody."""
        return self._status().get("leader", 0)

    def is_leader(self):
        status = self._status()
        return status.get("leader") == status["header"]["member_id"]


class Authority:
    """A certificate authority and what it signed, made with openssl: files in `directory`, replaced by renew()."""

    def __init__(self, host, directory, address):
        self.host, self.dir, self.address = host, directory, address
        self.dir.mkdir()
        self.renew()

    def path(self, name):
        return self.dir / name

    def renew(self):
        """A new authority, a new certificate for etcd and one for its clients, in the same places."""
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lab authority",
                      "-keyout", self.path("ca.key"), "-out", self.path("ca.pem"))
        self._sign("server", f"subjectAltName=IP:{self.address}")
        self._sign("client", "subjectAltName=DNS:client")

    def _sign(self, name, extension):
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/", "-keyout", self.path(f"{name}.key"),
                      "-out", self.path(f"{name}.csr"))
        self.path("ext").write_text(extension + "\n")
        self._openssl("x509", "-req", "-in", self.path(f"{name}.csr"), "-CA", self.path("ca.pem"), "-CAkey",
                      self.path("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", self.path("ext"),
                      "-out", self.path(f"{name}.pem"))

    def _openssl(self, *args):
        self.host.run("openssl", *args)

    def server_args(self):
        return ["--cert-file", self.path("server.pem"), "--key-file", self.path("server.key"),
                "--trusted-ca-file", self.path("ca.pem"), "--client-cert-auth"]

    def etcdctl_args(self):
        return ["--cacert", self.path("ca.pem"), "--cert", self.path("client.pem"), "--key", self.path("client.key")]

    def environment(self):
        """As Calico's programs are told."""
        return {"ETCD_CA_CERT_FILE": self.path("ca.pem"), "ETCD_CERT_FILE": self.path("client.pem"),
                "ETCD_KEY_FILE": self.path("client.key")}
