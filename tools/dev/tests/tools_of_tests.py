"""What the tests here start beside the interpreter. Without it they fail: `./dev test` installs it (tools/dev/packages.sh, tools/dev/requirements.txt)."""
import contextlib
import pathlib
import shutil
import socket
import subprocess
import sys
import time


def tool(name):
    """The path of a program: of this interpreter's environment, else the system's, also where a user's PATH does not lead."""
    beside = pathlib.Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise AssertionError(f"{name} is not installed: ./dev test does that")
    return found


def run(name, *arguments, **options):
    """What a tool says and how it ends."""
    return subprocess.run([tool(name), *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


def free_port():
    """A port of the loopback that nobody has, neither TCP nor UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                udp.bind(tcp.getsockname())
                return tcp.getsockname()[1]


def listens(port):
    """Whether something takes connections at a port of the loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def running(command, is_up, **options):
    """A program that is up, until the end of the block."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    try:
        ends = time.monotonic() + 20
        while not is_up():
            if process.poll() is not None or time.monotonic() > ends:
                process.kill()
                raise AssertionError(f"{command[0]} did not start: {process.communicate()[0].decode(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
