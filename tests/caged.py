"""The daemon as config/supervision/pledgewatch.service runs it, as far as that goes without systemd.

Everything is read-only but the home, which lies at /var/lib/pledgewatch; the checkout at /opt/pledgewatch; /tmp is
empty; /home and /root are hidden; the user is nobody, without capabilities and without a way to get any; system
calls are filtered as the unit says. It needs root, util-linux, libseccomp and systemd-analyze.
"""

import ctypes
import ctypes.util
import errno
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
_PYTHON = f"/opt/python/bin/python{sys.version_info.major}.{sys.version_info.minor}"
_MOUNTS = """
set -eu
mkdir -p /run/pledgewatch && mount -t tmpfs none /run/pledgewatch
cd /run/pledgewatch && mkdir home && mount --bind "$CAGED_HOME" home
mkdir checkout python site
mount --bind "$CAGED_CHECKOUT" checkout && mount -o remount,bind,ro checkout
mount --bind "$CAGED_PYTHON" python && mount -o remount,bind,ro python
mount --bind "$CAGED_SITE" site && mount -o remount,bind,ro site
mount -t tmpfs none /opt && mkdir /opt/pledgewatch /opt/python /opt/site
mount -t tmpfs none /var/lib && mkdir /var/lib/pledgewatch
for one in checkout:/opt/pledgewatch python:/opt/python site:/opt/site home:/var/lib/pledgewatch; do
    mount --move "${one%:*}" "${one#*:}"
done
for one in /opt /var/lib / /dev/shm; do mount -o remount,bind,ro "$one"; done
for one in /root /home; do mount -t tmpfs -o mode=0,ro none "$one"; done
mount -t tmpfs -o mode=1777,nosuid,nodev none /tmp
cd /var/lib/pledgewatch
umask 0077
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""
_ALLOW, _REFUSE, _UNKNOWN = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_EQUAL, _GREATER, _MASKED = 4, 6, 7  #: how libseccomp compares an argument
_EXECUTE, _WRITE_AND_EXECUTE = 4, 6  #: bits of a protection
_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)


def why_not() -> str:
    """Why there can be no cage on this machine; "" where there can."""
    if os.geteuid():
        return "it needs root, to become somebody with less rights"
    programs = ("unshare", "mount", "setpriv", "systemd-analyze")
    missing = [one for one in programs if not shutil.which(one)]
    if missing or not ctypes.util.find_library("seccomp"):
        return f"it needs {', '.join(missing or ['libseccomp'])}"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return "" if not tried.returncode else "no mount namespace can be made here"


def command(*words: str) -> list[str]:
    """The command line by which pledgewatch with these words runs in the cage."""
    inside = [_PYTHON, "-m", "tests.caged", *words]
    return ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c", _MOUNTS, "cage", *inside]


def environ(home: Path, **more: str) -> dict[str, str]:
    """What `command` needs in its environment. home: the folder that nobody owns."""
    return {
        "PATH": os.environ["PATH"],
        "CAGED_HOME": str(home),
        "CAGED_CHECKOUT": str(ROOT),
        "CAGED_PYTHON": sys.base_prefix,
        "CAGED_SITE": sysconfig.get_path("purelib"),
        "CAGED_CALLS": " ".join(sorted(allowed_calls())),
        "LD_LIBRARY_PATH": "/opt/python/lib",  # where a shared one says that it lies is hidden
        "PYTHONPATH": "/opt/pledgewatch:/opt/site",
        "PLEDGEWATCH_HOME": "/var/lib/pledgewatch",
        "HOME": "/var/lib/pledgewatch",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def unit() -> Mapping[str, list[str]]:
    """Every directive of the unit → its values, in order."""
    found: dict[str, list[str]] = {}
    file = ROOT / "config" / "supervision" / "pledgewatch.service"
    for name, value in re.findall(r"^(\w+)=(.*)$", file.read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


# --------------------------------------------------------------------------- system calls


def allowed_calls() -> set[str]:
    """The system calls that the unit allows, as systemd reads it."""
    calls: set[str] = set()
    for line in unit()["SystemCallFilter"]:
        named = {call for name in line.lstrip("~").split() for call in _calls(name)}
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def _calls(name: str) -> Iterator[str]:
    if not name.startswith("@"):
        yield name
        return
    asked = ["systemd-analyze", "syscall-filter", "--no-pager", name]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines()[1:]:
        if (inner := line.strip()) and not inner.startswith("#"):
            yield from _calls(inner)


class _Rule(ctypes.Structure):
    """Which argument, how it is compared, and with what."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def _rules() -> Iterator[tuple[str, int, _Rule | None]]:
    """What is refused besides: (call, how, when)."""
    yield "mmap", _REFUSE, _Rule(2, _MASKED, _WRITE_AND_EXECUTE, _WRITE_AND_EXECUTE)
    yield "mprotect", _REFUSE, _Rule(2, _MASKED, _EXECUTE, _EXECUTE)
    yield "pkey_mprotect", _REFUSE, _Rule(2, _MASKED, _EXECUTE, _EXECUTE)
    yield "clone3", _UNKNOWN, None  # its flags lie where no filter sees them; who is told so uses clone
    for flag in _NAMESPACES:
        yield "clone", _REFUSE, _Rule(0, _MASKED, flag, flag)
        yield "unshare", _REFUSE, _Rule(0, _MASKED, flag, flag)
    families = {getattr(socket, name) for name in unit()["RestrictAddressFamilies"][0].split()}
    for family in set(range(max(families))) - families:
        yield "socket", _REFUSE, _Rule(0, _EQUAL, family)
    yield "socket", _REFUSE, _Rule(0, _GREATER, max(families))


def _refuse_calls(allowed: Iterable[str]) -> None:
    """From here on only these, and of these not what `_rules` refuses; for good."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    for usual, rules in ((_ALLOW, _rules()), (_REFUSE, ((call, _ALLOW, None) for call in allowed))):
        made = ctypes.c_void_p(library.seccomp_init(usual))
        for call, answer, when in rules:
            number = library.seccomp_syscall_resolve_name(call.encode())
            if number < 0:  # of another machine
                continue
            added = library.seccomp_rule_add_array(
                made, answer, number, int(when is not None), ctypes.byref(when) if when else None
            )
            assert added == 0, (call, added)
        assert library.seccomp_load(made) == 0


if __name__ == "__main__":
    _refuse_calls(os.environ.pop("CAGED_CALLS").split())
    os.execv(_PYTHON, [_PYTHON, "-m", "app", *sys.argv[1:]])
