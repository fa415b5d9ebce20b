"""Certificate authorities and server certificates for tests, made by openssl."""

import pathlib
import subprocess


def _openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stdout}")


class Authority:
    """A certificate authority of its own; `file` is what a client has to trust."""

    def __init__(self, folder, name="Test CA"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "ca.pem"
        _openssl(self.folder, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                 "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "ca.key",
                 "-out", "ca.pem")

    def issue(self, *hosts, days=30):
        """-> (certificate file, key file) for host names and IPv4 addresses. A negative number
        of days makes one that has expired."""
        stem = f"server-{len(list(self.folder.glob('server-*.pem')))}"
        kind = [("IP:" if host.replace(".", "").isdigit() else "DNS:") + host for host in hosts]
        (self.folder / f"{stem}.ext").write_text(
            f"subjectAltName={','.join(kind)}\nbasicConstraints=CA:FALSE\n"
            "extendedKeyUsage=serverAuth\n")
        _openssl(self.folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-subj", f"/CN={hosts[0]}", "-keyout", f"{stem}.key",
                 "-out", f"{stem}.csr")
        _openssl(self.folder, "x509", "-req", "-in", f"{stem}.csr", "-CA", "ca.pem", "-CAkey",
                 "ca.key", "-CAcreateserial", "-days", str(days), "-extfile", f"{stem}.ext",
                 "-out", f"{stem}.pem")
        return self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
