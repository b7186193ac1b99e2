"""What run.py promises, as far as it can be tried without a network."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = ("run.py", "pyproject.toml", "requirements.lock", "tests/requirements.lock")
PRINTS_ITS_WORDS = "import sys\nprint(*sys.argv[1:])\n"
posix = pytest.mark.skipif(os.name == "nt", reason="signals and symbolic links are POSIX here")


def load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


run = load(ROOT / "run.py")


@pytest.fixture
def clone(tmp_path: Path) -> ModuleType:
    """A copy of run.py in a folder where all is installed, with a command line that prints what it is given."""
    for name in ("tests", "backendkit", "benchmarks"):
        (tmp_path / name).mkdir()
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "backendkit" / "cli.py").write_text(PRINTS_ITS_WORDS, encoding="utf-8")
    venv.EnvBuilder(symlinks=os.name != "nt").create(tmp_path / ".venv")
    copied = load(tmp_path / "run.py")
    copied.MADE.write_text(str(copied.ROOT), encoding="utf-8")
    for stamp, lock in (("here", copied.LOCK), ("tests", copied.TEST_LOCK)):
        (copied.VENV / f"installed-{stamp}.txt").write_text(copied.fingerprint(lock), encoding="utf-8")
    return copied


def started(copied: ModuleType, *words: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(copied.ROOT / "run.py"), *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=copied.ROOT, text=True, stdout=pipe, stderr=pipe, **options)  # type: ignore[call-overload,no-any-return]


def answer(copied: ModuleType, *words: str) -> tuple[int, str, str]:
    process = started(copied, *words)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


# Which Python


def test_python_3_6_can_read_it() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    arguments = [node for node in ast.walk(tree) if isinstance(node, ast.arg)]
    hints = [*(node.returns for node in functions), *(node.annotation for node in arguments)]
    for hint in filter(None, hints):
        assert isinstance(hint, ast.Name | ast.Constant), f"quote the annotation in line {hint.lineno}"


def as_an_old_python(path: Path) -> subprocess.CompletedProcess[str]:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 18); sys.argv = ['run.py']; runpy.run_path({!r}, run_name='__main__')"
    command = [sys.executable, "-c", pretend.format(str(ROOT / "run.py"))]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=False)


@posix
def test_an_old_python_hands_over_to_a_newer_one(tmp_path: Path) -> None:
    (tmp_path / "python3.12").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / "python3.12").chmod(0o755)
    (tmp_path / "python3.11").symlink_to(Path(sys.executable).resolve())
    done = as_an_old_python(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "python3 run.py document" in done.stdout


@posix
def test_an_old_python_alone_says_what_is_missing(tmp_path: Path) -> None:
    done = as_an_old_python(tmp_path)
    assert done.returncode == 3
    assert done.stderr.startswith("The workbook needs Python 3.11, 3.12, 3.13 or 3.14. This is Python")
    assert "Traceback" not in done.stderr


# A second run


def test_a_second_run_installs_nothing_and_is_quick(clone: ModuleType) -> None:
    began = time.monotonic()
    assert answer(clone, "check", "here", "--format", "json") == (0, "check here --format json\n", "")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("document", "document data/bookshop"),
        ("document --to html -o there", "document data/bookshop --to html -o there"),
        ("document --to html mine", "document --to html mine"),
        ("document mine -o there", "document mine -o there"),
        ("document --help", "document --help"),
    ],
)
def test_a_document_of_nothing_is_the_bookshops(clone: ModuleType, words: str, given: str) -> None:
    assert answer(clone, *words.split()) == (0, f"{given}\n", "")


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml", ".venv/pyvenv.cfg"])
def test_what_changed_is_installed_again(
    clone: ModuleType, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[tuple[str, bool]] = []
    monkeypatch.setattr(clone, "install", lambda lock, afresh: installed.append((lock.name, afresh)))
    with (clone.ROOT / changed).open("a", encoding="utf-8") as file:
        file.write("# one more line\n")
    clone.prepare(clone.LOCK)
    clone.prepare(clone.LOCK)
    assert installed == [("requirements.lock", False)]


def test_an_interrupted_installation_is_laid_anew(clone: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(lock: Path, afresh: bool) -> None:
        raise KeyboardInterrupt

    installed: list[bool] = []
    clone.LOCK.write_text("", encoding="utf-8")
    monkeypatch.setattr(clone, "install", fail)
    with pytest.raises(KeyboardInterrupt):
        clone.prepare(clone.LOCK)
    monkeypatch.setattr(clone, "install", lambda lock, afresh: installed.append(afresh))
    clone.prepare(clone.LOCK)
    assert installed == [True]


def test_an_environment_from_elsewhere_is_made_anew(clone: ModuleType) -> None:
    assert clone.whole()
    clone.MADE.write_text("/another/folder", encoding="utf-8")
    assert not clone.whole()


def test_an_environment_whose_python_is_gone_is_made_anew(clone: ModuleType) -> None:
    config = clone.VENV / "pyvenv.cfg"
    text = re.sub(r"executable = .*", "executable = /gone/python3.11", config.read_text(encoding="utf-8"))
    config.write_text(text, encoding="utf-8")
    assert not clone.whole()


@posix
def test_ctrl_c_ends_quietly(clone: ModuleType) -> None:
    sleeper = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nprint('ready', flush=True)\ntime.sleep(60)\n"
    (clone.ROOT / "benchmarks" / "sleeper.py").write_text(sleeper, encoding="utf-8")
    process = started(clone, "bench", start_new_session=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=20)[1] == ""
    assert process.returncode == 130


def test_without_a_word_it_lists_the_tasks(clone: ModuleType) -> None:
    code, out, _ = answer(clone)
    assert code == 0
    assert all(f"python3 run.py {task} " in out for task in clone.TASKS)


def test_lab_and_app_are_one_server_that_begins_with_another_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(run, "prepare", lambda *locks: None)
    monkeypatch.setattr(run, "hand_over", lambda *command: commands.append(command))
    for task in ("lab", "app"):
        run.TASKS[task](["--no-browser"])
    lab, app = commands
    assert set(app) - set(lab) == set(run.APP) - set(run.LAB)
    assert {"--no-browser", f"--config={ROOT / 'notebooks' / '.lab' / 'jupyter_server_config.py'}"} <= {
        *lab,
        *app,
    }
    assert capsys.readouterr().err.splitlines() == [
        f"{name} in your browser. Where none opens, open the last address below. Ctrl+C ends it."
        for name in ("JupyterLab opens", "The app opens")
    ]


# What pip was told


def test_pips_settings_are_read_in_pips_order() -> None:
    listed = r"""
global.index-url='https://one.example/simple'
install.index-url='https://two.example/simple'
:env:.timeout='9'
global.timeout='5'
global.extra-index-url='\nhttps://a.example\nhttps://b.example'
download.index-url='https://not-for-install.example'
"""
    settings = run.pip_settings(listed)
    assert settings["index-url"] == "https://two.example/simple"
    assert settings["timeout"] == "9"
    assert settings["extra-index-url"].split() == ["https://a.example", "https://b.example"]


def test_uv_is_told_what_pip_was_told(tmp_path: Path) -> None:
    certificate = tmp_path / "company.pem"
    told = run.uv_environment(
        {
            "index-url": "https://mirror.example/simple",
            "extra-index-url": f"https://a.example {tmp_path.as_uri()} file:///not/there",
            "find-links": f"{tmp_path} /not/there",
            "trusted-host": "a.example b.example:8080",
            "proxy": "http://proxy.example:3128",
            "cert": str(certificate),
        }
    )
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert told["UV_INDEX"] == f"https://a.example {tmp_path.as_uri()}"
    assert told["UV_FIND_LINKS"] == str(tmp_path)
    assert told["UV_INSECURE_HOST"] == "a.example b.example:8080"
    assert told["HTTPS_PROXY"] == told["HTTP_PROXY"] == "http://proxy.example:3128"
    assert told["SSL_CERT_FILE"] == str(certificate)


def test_uv_trusts_the_systems_certificates_when_pip_was_told_nothing() -> None:
    assert run.uv_environment({}) == {"UV_SYSTEM_CERTS": "true", "UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_pips_own_constraints_do_not_reach_the_lock(clone: ModuleType) -> None:
    assert Path(clone.pip_environment()["PIP_CONSTRAINT"]).read_bytes() == b""


# What the installers print when something is wrong: copied from pip 23.2 and uv 0.13


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ("disk", "failed to copy file from /a to /b: No space left on device (os error 28)"),
        ("disk", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"),
        ("disk", "cause: There is not enough space on the disk. (os error 112)"),
        ("changed", "cause: Hash mismatch for `six==1.17.0`"),
        ("changed", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."),
        ("denied", "failed to create directory `/a/six-1.17.0.dist-info`: Permission denied (os error 13)"),
        ("denied", "PermissionError: [WinError 5] Access is denied: 'C:\\\\a\\\\.venv\\\\Scripts\\\\ruff.exe'"),
        ("certificate", "cause: invalid peer certificate: UnknownIssuer"),
        ("certificate", "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        ("proxy", "cause: tunnel error: proxy authorization required"),
        ("proxy", "cause: tunnel error: failed to create underlying connection\n  cause: Connection refused (os error 111)"),
        ("proxy", "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication"),
        ("credentials", "hint: An index URL could not be queried due to a lack of valid credentials (401 Unauthorized)"),
        ("credentials", "Could not fetch URL http://a/: 403 Client Error: Forbidden for url"),
        ("credentials", "WARNING: The repository located at a is not a trusted or secure host and is being ignored."),
        ("network", "cause: dns error\n  cause: failed to lookup address information: Name or service not known"),
        ("network", "cause: tcp connect error\n  cause: Connection refused (os error 111)"),
        ("network", "NewConnectionError('...: [Errno 111] Connection refused')\nERROR: No matching distribution found for uv"),
        ("network", "cause: HTTP status server error (503 Service Unavailable) for url"),
        ("network", "ResponseError('too many 503 error responses')\nERROR: No matching distribution found for uv"),
        ("build", "cause: Because pygraphviz==2.0.4 has no usable wheels and you require pygraphviz==2.0.4"),
        ("build", "cause: Because psycopg-binary==3.3.9 has no wheels with a matching platform tag (e.g., `win_arm64`)"),
        ("build", "ERROR: No matching distribution found for pygraphviz==2.0.4"),
        ("other", "error: the moon is in the wrong house"),
    ],
)  # fmt: skip
def test_what_an_installer_prints_becomes_one_sentence(kind: str, printed: str) -> None:
    stop = run.explained(f"Resolved 139 packages in 1s\n{printed}")
    assert stop.kind == kind
    assert "\n" not in f"{stop}{stop.mend}"
    assert "{" not in f"{stop}{stop.mend}"
    assert stop.mend or printed.partition(" ")[2] in str(stop)


@posix
def test_an_installer_that_fails_leaves_its_words_in_the_log(
    clone: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(clone.Stop, match="The disk is full"):
        clone.logged("packages", ["sh", "-c", "echo No space left on device; exit 1"], dict(os.environ))
    assert clone.LOG.read_text(encoding="utf-8") == "No space left on device\n"


# The locks and what else names the packages


def locked(name: str) -> dict[str, list[tuple[Requirement, str]]]:
    """Every requirement of a lock by name, with the lines below it."""
    found: dict[str, list[tuple[Requirement, str]]] = {}
    for block in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip()):
        first, _, hashes = block.partition(" \\\n")
        requirement = Requirement(first)
        found.setdefault(canonicalize_name(requirement.name), []).append((requirement, hashes))
    return found


LOCKS = ("requirements.lock", "tests/requirements.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    for versions in locked(name).values():
        for requirement, hashes in versions:
            assert re.fullmatch(r"==[^,*]+", str(requirement.specifier))
            assert re.fullmatch(r"( +--hash=sha256:[0-9a-f]{64}( \\\n)?)+", hashes), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(name: str) -> None:
    assert not re.search(
        r"://|^-|^#|\bfile:|(^|\s)/", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
    )


def test_what_pyproject_asks_for_is_locked() -> None:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = metadata["dependency-groups"]
    asked = {LOCKS[0]: [*metadata["project"]["dependencies"], *groups["setup"]], LOCKS[1]: groups["test"]}
    for name, requirements in asked.items():
        found = locked(name)
        for requirement in map(Requirement, requirements):
            versions = [
                str(one.specifier)[2:] for one, _ in found.get(canonicalize_name(requirement.name), [])
            ]
            assert versions, f"{requirement.name} is not in {name}: python3 run.py lock"
            assert all(map(requirement.specifier.contains, versions)), (
                f"{name} is behind: python3 run.py lock"
            )


def test_both_locks_hold_the_same_version_of_a_package() -> None:
    product, extra = (locked(name) for name in LOCKS)
    for package in product.keys() & extra.keys():
        pins = [{str(one.specifier) for one, _ in lock[package]} for lock in (product, extra)]
        assert pins[1] <= pins[0], f"{package}: {pins}"


def test_conda_and_binder_install_the_same_lock() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert "- python=3.12\n" in text
    assert "- -r requirements.lock\n" in text


def test_the_hooks_name_pieces_of_lint() -> None:
    entries = re.findall(r"entry: (.*)", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    words = [entry.removeprefix("python3 run.py lint ").split() for entry in entries]
    assert {word for line in words for word in line} == set(run.LINTS)


def test_no_notebook_carries_outputs() -> None:
    for file in ROOT.glob("notebooks/*.ipynb"):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            clean = not cell.get("outputs") and cell.get("execution_count") is None
            assert clean, f"{file.name} carries outputs: Edit, Clear Outputs of All Cells, save"


@pytest.mark.long
def test_a_fresh_clone_installs_and_starts_again_at_once(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.check_call(["git", "clone", "--quiet", "--local", str(ROOT), str(clone)])
    copied = load(clone / "run.py")
    code, _, err = answer(copied, "check", "--help")
    assert code == 0
    assert "Installed requirements.lock" in err
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        assert answer(copied, "check", "--help")[2] == ""
        seconds.append(time.monotonic() - began)
    assert min(seconds) < 3
