"""Files that others read: there in whole, or as they were."""

import os
from pathlib import Path

from monitor.errors import InputError


def write_file(file: Path, body: bytes) -> bool:
    """Whether the file was written: not where it holds these bytes already. Folders are made as needed.

    Raises InputError where it cannot be written; it is as it was then, and nothing lies beside it.
    """
    if file.is_dir():
        raise InputError(f"{file} is a folder: name a file in it")
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.unfinished")
    try:
        if file.is_file() and file.read_bytes() == body:
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_bytes(body)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
        raise InputError(f"{file} cannot be written: {problem}; name a place that you may write to") from None
    return True
