"""A time-stamping authority on 127.0.0.1, made with openssl: certificates, and a server that answers by `openssl ts`."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """\
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def made_authority(folder: Path, name: str = "Heron Time") -> Path:
    """A folder with authority.pem (the root), signer.pem and signer.key, and a configuration for openssl ts."""
    folder.mkdir()
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root_name = _name(f"{name} root")
    root = _builder(root_name, root_name, root_key).add_extension(x509.BasicConstraints(True, None), True)
    use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    signer = _builder(_name(name), root_name, key).add_extension(use, True)
    pem = serialization.Encoding.PEM
    for file, made in (("authority.pem", root), ("signer.pem", signer)):
        (folder / file).write_bytes(made.sign(root_key, hashes.SHA256()).public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "signer.key").write_bytes(key.private_bytes(pem, *plain))
    (folder / "serial").write_text("01\n")
    (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder))
    return folder


def _name(said: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, said)])


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
    )


def reply(folder: Path, query: bytes) -> bytes:
    """What this authority answers to a query (both DER)."""
    (folder / "query.tsq").write_bytes(query)
    command = [
        "openssl",
        "ts",
        "-reply",
        "-queryfile",
        folder / "query.tsq",
        "-config",
        folder / "openssl.cnf",
    ]
    subprocess.run([*command, "-out", folder / "reply.tsr"], check=True, capture_output=True)
    return (folder / "reply.tsr").read_bytes()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            body = reply(folder, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
