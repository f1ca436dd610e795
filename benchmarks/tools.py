"""What a benchmark compares with: packages in folders of their own, apart from ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1] / ".cache" / "bench"


def python(wanted: Path, name: str) -> str:
    """Return the Python of the folder `name` that has the packages of `wanted`, installed once for each wording of it.

    Raises CalledProcessError where pip fails.
    """
    folder = TOOLS / name
    done, program = folder / "requirements.txt", str(folder / "bin" / "python")
    if not _same(wanted, done):
        print(f"installing what {name} needs", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = (program, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps")
        subprocess.run([*pip, "-r", wanted], check=True)
        shutil.copyfile(wanted, done)
    return program


def node(wanted: Path, name: str) -> Path:
    """Return the folder of programs of the npm packages of `wanted`, a package.json, installed once for each wording.

    Raises CalledProcessError where npm fails.
    """
    folder = TOOLS / name
    done = folder / ".installed.json"
    if not _same(wanted, done):
        print(f"installing what {name} needs", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copyfile(wanted, folder / "package.json")
        flags = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        subprocess.run(["npm", "install", *flags], cwd=folder, check=True)
        shutil.copyfile(wanted, done)
    return folder / "node_modules" / ".bin"


def _same(wanted: Path, done: Path) -> bool:
    return done.is_file() and done.read_bytes() == wanted.read_bytes()
