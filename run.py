"""Set up and run the workbook with nothing but Python: `python3 run.py` lists the tasks.

Makes .venv, installs requirements.lock into it and runs the task there (https://docs.astral.sh/uv/pip/). A Python
that is too old gets one sentence: so nothing here is syntax that Python 3.6 cannot read, and annotations are quoted.
"""

import ast
import contextlib
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

OLDEST, TOO_NEW = (3, 11), (3, 15)
ROOT = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
UV = PYTHON.with_name("uv.exe" if WINDOWS else "uv")
MADE, LOG = VENV / "made-by-run.txt", VENV / "install.log"
LOCK, TEST_LOCK = ROOT / "requirements.lock", ROOT / "tests" / "requirements.lock"
AGAIN = " ".join(["py" if WINDOWS else "python3", "run.py", *sys.argv[1:]])
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

HELP = """The backend design workbook.

  python3 run.py document       the bookshop's design document as PDF (another design: document FOLDER)
  python3 run.py lab            the notebooks, in JupyterLab
  python3 run.py app            the notebooks as pages without code
  python3 run.py new FOLDER     a new design; then import, check, draw, export, serve, attack, scaffold,
                                document, rules, doctor: each says with --help what it takes, with an example

For those who work on it:
  python3 run.py test           the tests; further words go to pytest
  python3 run.py lint           ruff, format, types, layers, notebooks; or only those you name
  python3 run.py prove          everything, also what takes long
  python3 run.py bench          the measurements
  python3 run.py lock           the locks anew; --upgrade takes newer packages

On Windows write py instead of python3."""

# kind: what the installer prints, what happened, what mends it. The first that matches counts.
FAILURES = {
    "disk": (
        r"No space left on device|os error (28|112)\b|not enough space on the disk|Disk quota exceeded",
        "The disk is full: the installation takes 1.5 GB.",
        "free some space, then: {again}",
    ),
    "changed": (
        r"Hash mismatch|DO NOT MATCH THE HASHES",
        "A package arrived that is not the one that was locked: your package index changed it.",
        "pip config set global.index-url ADDRESS-OF-A-FAITHFUL-INDEX",
    ),
    "denied": (
        r"Permission denied|os error (5|13|32)\b|Access is denied|WinError (5|32)\b|used by another process",
        "The folder .venv cannot be written: another program holds it, or it belongs to somebody else.",
        "close JupyterLab and what else uses it, or make the folder yours, then: {again}",
    ),
    "certificate": (
        r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate|UnknownIssuer|SSLError",
        "This computer does not trust the certificate that the package index, or a company proxy, shows.",
        "pip config set global.cert PATH-OF-THE-COMPANY-CERTIFICATES.pem",
    ),
    "proxy": (
        r"ProxyError|407 Proxy|proxy authorization required|tunnel error|Cannot connect to proxy",
        "The proxy does not let the installer through.",
        "pip config set global.proxy http://USER:PASSWORD@HOST:PORT",
    ),
    "credentials": (
        r"40[13] (Unauthorized|Forbidden|Client Error)|is not a trusted or secure host",
        "The package index asks for a name and a password, or it is not among pip's trusted hosts.",
        "pip config set global.index-url https://USER:PASSWORD@HOST/PATH (or global.trusted-host HOST)",
    ),
    "network": (
        r"NewConnectionError|Connection (refused|reset)|Name or service not known|name resolution|dns error"
        + r"|getaddrinfo failed|nodename nor servname|Network is unreachable|No route to host|[Tt]imed out"
        + r"|error sending request|50\d (Server Error|Service Unavailable|Bad Gateway|Gateway)|too many 50\d",
        "The package index does not answer: there is no network, or the way leads by a proxy or a mirror.",
        "connect, or: pip config set global.proxy http://HOST:PORT (a mirror: global.index-url ADDRESS)",
    ),
    "build": (
        r"No matching distribution|no usable wheels|no wheels with a matching|not a supported wheel",
        "One of the packages has no build for this computer ({machine}), or your package index lacks it.",
        "use a 64-bit Python 3.11 to 3.14 on Linux (glibc 2.28 or newer), macOS or Windows (on ARM: Python for Intel)",
    ),
}
SAME_FOR_PIP = ("disk", "changed", "denied", "build")


class Stop(Exception):
    """One sentence about what went wrong, and the line that mends it."""

    def __init__(self, sentence: str, mend: str = "", kind: str = "") -> None:
        super().__init__(sentence)
        self.mend, self.kind = mend, kind


def say(line: str) -> None:
    """Speak on stderr: stdout belongs to the task, and a program may read it."""
    print(line, file=sys.stderr, flush=True)


# The Python


def other_pythons() -> "list[list[str]]":
    """Give the commands by which a suitable Python may answer here, newest first."""
    versions = [f"3.{minor}" for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1)]
    launcher = [["py", f"-{version}"] for version in versions] if WINDOWS else []
    return [*launcher, *([f"python{version}"] for version in versions), ["python3"], ["python"]]


def answers(command: "list[str]") -> bool:
    ask = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] < {TOO_NEW})"
    try:
        nowhere = subprocess.DEVNULL
        return not subprocess.call([*command, "-c", ask], stdout=nowhere, stderr=nowhere)
    except OSError:
        return False


def run_with_another_python() -> int:
    for command in filter(answers, other_pythons()):
        return hand_over(*command, str(ROOT / "run.py"), *sys.argv[1:])
    mend = {"win32": "winget install Python.Python.3.13", "darwin": "brew install python@3.13"}
    found = f"This is Python {platform.python_version()}, and no other is installed."
    raise Stop(
        f"The workbook needs Python 3.11, 3.12, 3.13 or 3.14. {found}",
        mend.get(sys.platform, "sudo apt install python3.13 python3.13-venv (or as your system says it)"),
    )


# The installation


def prepare(*locks: Path) -> None:
    """Bring .venv to what the locks say; at once when it is there already."""
    if not whole():
        make_venv()
    for lock in locks:
        stamp = VENV / f"installed-{lock.parent.name if lock != LOCK else 'here'}.txt"
        wanted = fingerprint(lock)
        found = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
        if found != wanted:
            stamp.write_text("unfinished", encoding="utf-8")
            install(lock, afresh=found == "unfinished")
            stamp.write_text(wanted, encoding="utf-8")


def whole() -> bool:
    """Tell whether .venv was made by us, here, to the end, and its Python is still installed."""
    if not (PYTHON.exists() and MADE.exists() and MADE.read_text(encoding="utf-8") == str(ROOT)):
        return False
    config = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    base = re.search(r"^executable = (.*)$", config, re.MULTILINE)
    return bool(base and Path(base.group(1)).exists())


def fingerprint(lock: Path) -> str:
    """Hash what an installation depends on: the lock, how the package installs, the Python."""
    parts = [file.read_bytes() for file in (lock, ROOT / "pyproject.toml", VENV / "pyvenv.cfg")]
    return hashlib.sha256(b"\0".join([*parts, platform.machine().encode()])).hexdigest()


def make_venv() -> None:
    has_pip, pip_outside = (importlib.util.find_spec(name) is not None for name in ("ensurepip", "pip"))
    if not (importlib.util.find_spec("venv") and (has_pip or pip_outside)):
        raise Stop(
            "This Python comes without venv and pip.",
            f"sudo apt install python{OLDEST[0]}.{sys.version_info[1]}-venv, then: {AGAIN}",
        )
    say("Making .venv ...")
    base = getattr(sys, "_base_executable", sys.executable)
    command = [base, "-m", "venv", "--clear", *([] if has_pip else ["--without-pip"]), str(VENV)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        full = shutil.disk_usage(str(ROOT)).free < 50_000_000
        raise explained("No space left on device" if full else done.stdout)
    install_uv()
    MADE.write_text(str(ROOT), encoding="utf-8")


def pip_command() -> "list[str]":
    """Give the pip in .venv; where Python comes without one, the pip outside that works on .venv."""
    if PYTHON.with_name("pip.exe" if WINDOWS else "pip").exists():
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def pip_environment() -> "dict[str, str]":
    """Take pip's settings as they are, save what would change the locked set."""
    nothing = VENV / "no-constraints.txt"
    nothing.touch()
    ours = {"PIP_CONSTRAINT": str(nothing), "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**os.environ, **ours}


def install_uv() -> None:
    """Install the uv that the lock names; pip before 24.2 learns the system's certificates in a second try."""
    lock = LOCK.read_text(encoding="utf-8") if LOCK.exists() else ""
    locked = re.search(r"^uv==.*\n(    --hash.*\n)*", lock, re.MULTILINE)
    wanted = VENV / "uv.txt"
    wanted.write_text(locked.group() if locked else "uv", encoding="utf-8")
    options = ["-vv", "--retries", "1", "--no-deps", "--only-binary", ":all:", "-r", str(wanted)]
    try:
        logged("uv, the installer", [*pip_command(), "install", *options], pip_environment())
    except Stop as stop:
        if stop.kind != "certificate" or "PIP_CERT" in os.environ:
            raise
        os.environ["PIP_CERT"] = system_certificates()
        logged("uv, the installer", [*pip_command(), "install", *options], pip_environment())


def system_certificates() -> str:
    """Write the certificates that the system trusts, as far as Python can list them, to a file."""
    found = ssl.create_default_context().get_ca_certs(binary_form=True)
    file = VENV / "system-certificates.pem"
    file.write_text("".join(map(ssl.DER_cert_to_PEM_cert, found)), encoding="ascii")
    return str(file)


def install(lock: Path, afresh: bool) -> None:
    """Install a lock with uv, else with pip; lay all of it anew where an earlier installation broke off."""
    began = time.monotonic()
    packages = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)]
    uv = [str(UV), "pip", "install", "--python", str(PYTHON), *(["--reinstall"] if afresh else [])]
    pip = [*pip_command(), "install", "--retries", "1", *(["--force-reinstall"] if afresh else [])]
    try:
        logged("packages", [*uv, *packages], {**uv_environment(pip_settings()), **os.environ})
    except Stop as stop:
        if stop.kind in SAME_FOR_PIP:
            raise
        say("uv could not install the packages; pip tries.")
        logged("packages", [*pip, *packages], pip_environment())
    if lock == LOCK:
        itself = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
        logged("backendkit", [*uv, *itself], dict(os.environ))
    say(f"Installed {lock.relative_to(ROOT)} in {time.monotonic() - began:.0f} s.")


def pip_settings(listed: str = "") -> "dict[str, str]":
    """Read what `pip config list` prints: the environment before [install] before [global]."""
    if not listed:
        command = [*pip_command(), "config", "list"]
        listed = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout.decode(
            "utf-8", "replace"
        )
    found = {}
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(f"{section}."):
                found[key[len(section) + 1 :]] = str(ast.literal_eval(value))
    return found


def uv_environment(pip: "dict[str, str]") -> "dict[str, str]":
    """Say pip's settings in uv's words; uv by itself reads neither pip's files nor the system's certificates."""
    proxy, certificate = pip.get("proxy", ""), pip.get("cert", "")
    said = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(filter(reachable, pip.get("extra-index-url", "").split())),
        "UV_FIND_LINKS": ",".join(filter(reachable, pip.get("find-links", "").split())),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": pip.get("default-timeout", pip.get("timeout", "")),
        "SSL_CLIENT_CERT": pip.get("client-cert", ""),
        "SSL_CERT_DIR" if Path(certificate).is_dir() and certificate else "SSL_CERT_FILE": certificate,
        "HTTP_PROXY": proxy,
        "HTTPS_PROXY": proxy,
        "UV_SYSTEM_CERTS": "true",
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # as pip chooses; the hashes make it safe
    }
    return {name: value for name, value in said.items() if value}


def reachable(address: str) -> bool:
    """Tell whether an index on this disk exists: pip passes over a missing one, uv stops."""
    url = urllib.parse.urlsplit(address)
    if url.scheme == "file":
        return Path(urllib.request.url2pathname(url.path)).exists()
    return bool(url.netloc) or Path(address).exists()


def logged(what: str, command: "list[str]", environment: "dict[str, str]") -> None:
    """Run an installer, its words into the log, its last line and the seconds onto the screen."""
    began, shown = time.monotonic(), 0.0
    with LOG.open("ab") as log:
        start = log.tell()
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                seconds = time.monotonic() - began
                if seconds - shown > (0.3 if sys.stderr.isatty() else 10):
                    shown = seconds
                    show(f"  {what}, {seconds:.0f} s: {last_line()}"[:100])
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.2)
        finally:
            process.kill()
            process.wait()
            show("")
    if process.returncode:
        raise explained(LOG.read_bytes()[start:].decode("utf-8", "replace"))


def show(line: str) -> None:
    """Write a line that the next one replaces; where there is no terminal, write it under the last."""
    if sys.stderr.isatty():
        print(f"\r{line:<100}", end="" if line else "\r", file=sys.stderr, flush=True)
    elif line:
        say(line)


def last_line() -> str:
    """Give the last line of the log that tells a person where the installer is."""
    said = re.compile(r" *(Resolved|Collecting|Download|Prepared|Install|Get:|Unpacking|Setting up)")
    lines = LOG.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if said.match(line)), "")


def explained(output: str) -> Stop:
    """Find in an installer's words what went wrong."""
    for kind, (pattern, sentence, mend) in FAILURES.items():
        if re.search(pattern, output):
            machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
            return Stop(sentence.format(machine=machine), mend.format(again=AGAIN), kind)
    found = re.search(r"^error:? *(.*)$", output, re.IGNORECASE | re.MULTILINE)
    said = found.group(1) if found else output.strip()[-200:]
    return Stop(f"The installation failed: {said}", kind="other")


# The tasks


def hand_over(*command: str) -> int:
    """Become the command (on Windows: wait for it), so that its signals and its exit code are its own."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execvp(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)


def python(*arguments: str) -> int:
    return subprocess.call([str(PYTHON), *arguments], cwd=str(ROOT))


LAB = (
    "-m",
    "jupyterlab",
    f"--config={ROOT / 'notebooks' / '.lab' / 'jupyter_server_config.py'}",
    "--Application.log_level=ERROR",  # or the address stands among a hundred other lines
)
APP = (
    *LAB,
    "--LabApp.default_url=/voila/render/notebooks/00_start.ipynb",
    "--MappingKernelManager.cull_idle_timeout=3600",  # s without a page: one that is closed ends its kernel itself
    "--MappingKernelManager.cull_interval=300",
)


def open_lab(arguments: "list[str]") -> int:
    """Open JupyterLab on the first notebook."""
    return opened("JupyterLab", LAB, arguments)


def open_app(arguments: "list[str]") -> int:
    """Open the first notebook as a page without code, by Voila (https://voila.readthedocs.io)."""
    return opened("The app", APP, arguments)


def opened(what: str, command: "tuple[str, ...]", arguments: "list[str]") -> int:
    prepare(LOCK)
    os.chdir(str(ROOT))
    root = ["--allow-root"] if is_root() else []
    say(f"{what} opens in your browser. Where none opens, open the last address below. Ctrl+C ends it.")
    return hand_over(str(PYTHON), *command, *root, *arguments)


def is_root() -> bool:
    return not WINDOWS and os.geteuid() == 0


def run_tests(arguments: "list[str]") -> int:
    """Run the tests, without those that take long."""
    return run_all_tests(["-m", "not long", *arguments])


def run_all_tests(arguments: "list[str]") -> int:
    prepare(LOCK, TEST_LOCK)
    add_programs()
    # Three on two cores: many tests wait for a browser, a kernel or a child process.
    return python("-m", "pytest", "-n", "3", *arguments)


def add_programs() -> None:
    """Install, on Debian, the programs that only the tests need; elsewhere say how to."""
    packages = missing_programs()
    if packages and is_root() and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with contextlib.suppress(Stop):
            logged("apt", ["apt-get", "update"], quiet)
            logged("apt", ["apt-get", "install", "-y", "--no-install-recommends", *packages], quiet)
    words = " ".join(missing_programs())
    if words:
        by = {
            "win32": "winget install Google.Chrome PostgreSQL.PostgreSQL.17",
            "darwin": f"brew install {words}",
        }
        say(f"Some tests need what is missing here: {words}.")
        say(f"  {by.get(sys.platform, f'sudo apt-get install {words}')}")


def missing_programs() -> "list[str]":
    browser = any(map(shutil.which, BROWSERS))
    database = shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return [*([] if browser else ["chromium"]), *([] if database else ["postgresql"])]


LINTS = {
    "ruff": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "layers": ("pytest", "-q", "tests/test_layers.py"),
    "notebooks": ("pytest", "-q", "tests/test_run.py", "-k", "outputs"),
}


def lint(arguments: "list[str]") -> int:
    """Check style, types, layers and that no notebook carries outputs."""
    prepare(LOCK, TEST_LOCK)
    for word in arguments:
        if word not in LINTS:
            raise Stop(f"lint does not know '{word}'.", f"python3 run.py lint {' '.join(LINTS)}")
    failed = [name for name in arguments or LINTS if python("-m", *LINTS[name])]
    say(f"lint: {', '.join(failed)} failed" if failed else "lint: clean")
    return 1 if failed else 0


def prove(arguments: "list[str]") -> int:
    """Run all there is: lint, every test, the measurements."""
    return max(lint([]), measure([]), run_all_tests(arguments))


def measure(arguments: "list[str]") -> int:
    """Run each program in benchmarks/, or those that are named."""
    prepare(LOCK, TEST_LOCK)
    files = [file for file in sorted(ROOT.glob("benchmarks/*.py")) if not arguments or file.stem in arguments]
    if not files:
        say(f"benchmarks/ has no {', '.join(arguments)}." if arguments else "Nothing to measure yet.")
    return max((python(str(file)) for file in files), default=0)


def relock(arguments: "list[str]") -> int:
    """Compile both locks from pyproject.toml, for every platform, naming no index and no path."""
    prepare()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    settings = uv_environment(pip_settings())
    for of_this_computer in ("UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY"):
        settings.pop(of_this_computer, "")
    options = "--quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header"
    unnamed = ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    product = ["pyproject.toml", "--group", "setup", "-o", str(LOCK)]
    extra = ["--group", "test", "-c", str(LOCK), "-o", str(TEST_LOCK)]
    command = [str(UV), "pip", "compile", *options.split(), *unnamed, *arguments]
    return max(
        subprocess.call([*command, *which], cwd=str(ROOT), env={**environment, **settings})
        for which in (product, extra)
    )


TASKS = {
    "lab": open_lab,
    "app": open_app,
    "test": run_tests,
    "prove": prove,
    "lint": lint,
    "bench": measure,
    "lock": relock,
}


def command_line(arguments: "list[str]") -> int:
    """Give the words to the `backendkit` command line; a document of nothing is the bookshop's."""
    prepare(LOCK)
    os.environ["BACKENDKIT_PROGRAM"] = "py run.py" if WINDOWS else "python3 run.py"
    if arguments[0] == "document" and not names_a_design(arguments[1:]):
        arguments.insert(1, "data/bookshop" if Path.cwd() == ROOT else str(ROOT / "data" / "bookshop"))
    return hand_over(str(PYTHON), "-m", "backendkit.cli", *arguments)


def names_a_design(arguments: "list[str]") -> bool:
    options = [i for i, word in enumerate(arguments) if word.startswith("-")]
    values = [i + 1 for i in options if "=" not in arguments[i]]
    return "--help" in arguments or any(i not in options + values for i in range(len(arguments)))


def main(arguments: "list[str]") -> int:
    try:
        if not OLDEST <= sys.version_info[:2] < TOO_NEW:
            return run_with_another_python()
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            print(HELP)
            return 0
        task = TASKS.get(arguments[0])
        return task(arguments[1:]) if task else command_line(arguments)
    except KeyboardInterrupt:
        return 130
    except (Stop, OSError) as error:
        stop = error if isinstance(error, Stop) else explained(str(error))
        say(str(stop) + (f"\n  {stop.mend}" if stop.mend else ""))
        if LOG.exists() and stop.kind:
            say(f"  (all that the installer said: {LOG})")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
