"""A real Spark cluster on this machine: a master and its worker as processes of their own, from the installed package.

One worker with two cores: with two workers everything was equal as well, and took a third longer.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

N_WORKERS, CORES_EACH = 1, 2
PATIENCE_S = 120
MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a test is over before a compiler that thinks long pays off
# Hundreds of queries over a few rows: writing Java for each, compiling it, and planning it again from stage to stage took half
# of all processor time (388 s, and 224 s without), and changes no answer.
PLAINLY = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}
CLUSTER_SETTINGS = {
    **PLAINLY,
    "spark.executor.memory": "600m",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.executor.extraJavaOptions": SHORT_LIVED,
}


def why_no_cluster() -> str | None:
    """Return what is lacking to start one, None when nothing is."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "pyspark is not installed: install wholeservice[spark]"
    has_java = os.environ.get("JAVA_HOME") or shutil.which("java")
    return None if has_java else "Java was not found: install openjdk-17-jre-headless, or set JAVA_HOME"


@contextlib.contextmanager
def spark_cluster(folder: Path) -> Iterator[str]:
    """Yield the address of a master on loopback with its workers registered; all of them are gone afterwards."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        master_log = _start(running, folder, "master", MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        (url,) = _wait_for(master_log, r"Starting Spark master at (spark://\S+)", 1)
        for number in range(N_WORKERS):
            size = ("--cores", str(CORES_EACH), "--memory", "700M", "--work-dir", str(folder / f"work{number}"))
            _start(running, folder, f"worker{number}", WORKER, "--host", "127.0.0.1", "--webui-port", "0", *size, url)
        _wait_for(master_log, r"Registering worker (\S+) with", N_WORKERS)
        yield url
    finally:
        _stop(running)


def _start(running: list[subprocess.Popen[bytes]], folder: Path, name: str, program: str, *options: str) -> Path:
    import pyspark

    home = Path(pyspark.__file__).parent
    log = folder / f"{name}.log"
    environment = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_DIRS": str(folder / f"{name}-local"),
        "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED, "SPARK_LAUNCHER_OPTS": SHORT_LIVED,
    }  # fmt: skip
    with log.open("wb") as sink:
        command = [str(home / "bin" / "spark-class"), program, *options]
        running.append(subprocess.Popen(command, stdout=sink, stderr=sink, env=environment, start_new_session=True))
    return log


def _wait_for(log: Path, pattern: str, times: int) -> list[str]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = re.findall(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if len(found) >= times:
            return found
        time.sleep(0.1)
    raise TimeoutError(f"no '{pattern}' within {PATIENCE_S} s in\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    """End the workers, then the master: each first asked, then made to, with whatever it started."""
    for process in reversed(running):
        process.terminate()
    for process in reversed(running):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
