"""The files of examples/deployment: nginx with TLS before the page, units, commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, expect

from grader.site.server.guard import MAX_BODY_BYTES, MAX_FILES_BYTES
from tests._support.bank import PATIENCE_S, ROOT, patient_bank
from tests._support.practice import RIGHT, judged, ready, write
from tests._support.site import NDJSON, course_in
from tests._support.waiting import Gate, until

EXAMPLES = ROOT / "examples" / "deployment"
HOST = "practice.example.org"


def certificate(folder: Path) -> Path:
    """Write a certificate of localhost and its key; return the path of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "localhost.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def nginx() -> str:
    """Return where nginx is; skips the test where it is not installed."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed")
        pytest.skip("nginx is not installed")
    return found


class Front:
    """nginx as in the example, on ports of this machine, before a socket in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as first, socket.socket() as second:
            for each in (first, second):
                each.bind(("127.0.0.1", 0))
            self.plain, self.port = first.getsockname()[1], second.getsockname()[1]
        self.origin = f"https://localhost:{self.port}"
        self.uds = str(folder / "grader.sock")
        self.pem = certificate(folder)
        self.trust = ssl.create_default_context(cafile=str(self.pem))

    @contextmanager
    def running(self, *, has_login: bool = False) -> Iterator[None]:
        """Run it; `has_login` switches on what the example has in comments."""
        text = (EXAMPLES / "nginx.conf").read_text("utf-8")
        passwords = self.folder / "passwords"
        passwords.write_text("ada:{PLAIN}secret\nrivera:{PLAIN}secret\n")
        for pattern, value in {
            r"listen 80;": f"listen 127.0.0.1:{self.plain};",
            r"listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            re.escape(HOST): "localhost",
            r"/etc/ssl/\w+/practice\.(pem|key)": str(self.pem),
            r"/run/grader\.sock": self.uds,
            r"/etc/nginx/practice\.htpasswd": str(passwords),
            **({r"# (auth_basic|proxy_set_header)": r"\1"} if has_login else {}),
        }.items():
            text, count = re.subn(pattern, value, text)
            assert count, f"the example has no {pattern}"
        (self.folder / "site.conf").write_text(text)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in kinds)
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user} daemon off; error_log stderr; pid {self.folder}/pid; events {{}}\n"
            f"http {{ access_log off; {paths} include {self.folder}/site.conf; }}\n"
        )
        words = ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        process = subprocess.Popen([nginx(), *words], stderr=subprocess.PIPE, encoding="utf-8")
        try:
            until(self._listens, process)
            yield
        finally:
            process.terminate()
            process.communicate()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def client(self, login: str | None = None) -> httpx.Client:
        """Return a client that trusts its certificate."""
        auth = None if login is None else (login, "secret")
        return httpx.Client(base_url=self.origin, verify=self.trust, auth=auth, timeout=PATIENCE_S)


@contextmanager
def served(folder: Path, front: Front, *words: str) -> Iterator[str]:
    """`grader serve` at the socket; gives what it prints first."""
    command = [sys.executable, "-m", "grader", "serve", ".", "--book", "book", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--uds", front.uds, "--public-url", front.origin, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def front(tmp_path: Path) -> Front:
    folder = tmp_path / "front"
    folder.mkdir()
    return Front(folder)


def test_verdicts_arrive_one_by_one_through_nginx(tmp_path: Path, front: Front, gate: Gate) -> None:
    """The second call waits until the verdict of the first has been read."""
    waiting = (
        "calls = []\n\ndef mean(values):\n    calls.append(1)\n"
        f"    if len(calls) == 2:\n        {gate.wait}\n    return sum(values) / len(values)\n"
    )
    bank = patient_bank(tmp_path / "bank")
    with front.running(), served(bank, front, "--sandbox", "basic") as printed:
        found = re.search(r"https://\S+/in/\S+", printed)
        assert found and found[0].startswith(f"{front.origin}/in/")
        with front.client() as client:
            signed_in = client.get(found[0])
            cookie = signed_in.headers["set-cookie"]
            assert cookie.startswith("__Host-grader") and "secure" in cookie.lower()
            data = {"source": waiting}
            with client.stream("POST", "/p/mean/run", data=data, headers=NDJSON) as reply:
                lines = (json.loads(line) for line in reply.iter_lines() if line)
                kinds = [next(lines)["type"], next(lines)["type"]]
                assert kinds == ["receipt", "case"]
                gate.await_arrival()
                gate.open()
                assert [line["type"] for line in lines][-1] == "done"
        plain = httpx.get(f"http://localhost:{front.plain}/p/mean", timeout=PATIENCE_S)
        assert plain.status_code == 301 and plain.headers["location"].startswith("https://")


def test_a_class_behind_nginx_in_a_browser(tmp_path: Path, front: Front, browser: Browser) -> None:
    course_in(tmp_path / "course")
    words = ("--course", "course.yaml", "--roster", "class.csv", "--trust-header", "X-Remote-User")
    with front.running(has_login=True), served(tmp_path / "course", front, *words):
        with front.client() as stranger:
            assert stranger.get("/", headers={"X-Remote-User": "ada"}).status_code == 401
        with front.client("ada") as client:
            forged = client.get("/me", headers={"X-Remote-User": "rivera"})
            assert "Ada Lovelace" in forged.text and "Rivera" not in forged.text
        login = {"username": "ada", "password": "secret"}
        context = browser.new_context(ignore_https_errors=True, http_credentials=login)  # type: ignore[arg-type]
        try:
            page = context.new_page()
            page.goto(f"{front.origin}/p/mean-1")
            ready(page)
            write(page, RIGHT)
            page.keyboard.press("Control+Shift+Enter")
            judged(page, "accepted")
            page.goto(f"{front.origin}/me")
            expect(page.locator("main")).to_contain_text("Ada Lovelace")
        finally:
            context.close()


LIMITS = {"nginx.conf": r"client_max_body_size (\d+)m;", "Caddyfile": r"max_size (\d+)MiB"}


@pytest.mark.parametrize("name, pattern", LIMITS.items(), ids=LIMITS)
def test_a_proxy_passes_on_what_the_server_accepts(name: str, pattern: str) -> None:
    found = re.search(pattern, (EXAMPLES / name).read_text("utf-8"))
    assert found and int(found[1]) << 20 == max(MAX_BODY_BYTES, MAX_FILES_BYTES)


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    for name in ("grader.service", "grader.socket"):
        text = (EXAMPLES / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/grader/bin/grader", sys.executable))
    units = [str(tmp_path / name) for name in ("grader.service", "grader.socket")]
    done = subprocess.run([analyze, "verify", *units], capture_output=True, encoding="utf-8")
    ours = [line for line in done.stderr.splitlines() if "grader" in line]
    assert done.returncode == 0 and not ours, done.stderr


@pytest.mark.parametrize("name", ["grader.service", "Dockerfile"])
def test_commands_have_options_that_exist(name: str) -> None:
    text = (EXAMPLES / name).read_text("utf-8")
    options = set(
        re.findall(r"(?<=[\s\"])--[a-z-]+(?=[\s\"])", re.split(r"ENTRYPOINT|ExecStart=", text)[1])
    )
    help_text = subprocess.run(
        [sys.executable, "-m", "grader", "serve", "--help"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout
    known = set(re.findall(r"--[a-z-]+", help_text))
    assert options and options <= known, options - known
