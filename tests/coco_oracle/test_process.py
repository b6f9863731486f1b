"""The child process: bounded in time, alone, closed, and never left behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from s3doctor.coco.oracle import consult, limits, process, wording
from s3doctor.coco.oracle.process import Ran, run
from s3doctor.finding import Severity

if TYPE_CHECKING:
    from s3doctor.coco.oracle.child import Job

CHILDREN = Path(__file__).parent / "children"


def job(seconds: float = 20.0) -> Job:
    return {
        "annotations": "",
        "predictions": "",
        "pointers": ("", ""),
        "share": 1.0,
        "seconds": seconds,
        "memory": 1 << 30,
    }


@pytest.fixture(autouse=True)
def _children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CHILDREN))


def gone(pid: int) -> bool:
    """Whether a process has ended, or ends within some seconds."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="processes are watched through Linux's /proc"
)


@needs_proc
def test_a_child_that_computes_for_ever_is_killed_and_counts_as_hanging() -> None:
    ran = run(job(5.0), module="spinning_child")
    assert (ran.ended, ran.signal, ran.messages) == ("time", "SIGKILL", ({"phase": "loadRes() and COCOeval"},))
    assert ran.seconds < 30
    (finding,) = wording.findings_of(Ran(ran.messages, "time", "SIGKILL", 2.0, 1.9), foreseen=False)
    assert (finding.code, finding.severity) == ("oracle-disagrees", Severity.ERROR)
    assert "loadRes() and COCOeval: not done after 2 s" in finding.summary
    assert ran.busy is not None
    assert ran.busy > 0


@needs_proc
def test_a_child_that_waits_is_killed_with_its_own_children_and_is_mere_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-very-secret-key")
    monkeypatch.setenv("S3DOCTOR_SECRET_ACCESS_KEY", "a-very-secret-key")
    ran = run(job(6.0), module="sleeping_child")
    (message,) = ran.messages
    assert all(map(gone, message["pids"]))
    assert wording.findings_of(ran, foreseen=False) == ()
    assert "COCO(): not done after" in wording.trouble_of(ran, ())
    assert "a-very-secret-key" not in str(message)
    assert not [name for name in message["environment"] if name.startswith(("AWS", "S3DOCTOR"))]


def test_a_child_is_killed_when_asked_to_stop() -> None:
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    ran = run(job(60.0), stop, module="sleeping_child")
    assert (ran.ended, ran.seconds < 30) == ("stopped", True)
    assert wording.trouble_of(ran, ()) == "it was interrupted"


def test_a_crash_is_a_finding_that_names_the_signal() -> None:
    ran = run(job(), module="crashing_child")
    assert (ran.ended, ran.signal) == ("crashed", "SIGSEGV")
    (finding,) = wording.findings_of(ran, foreseen=False)
    assert "COCO(): the process died of SIGSEGV" in finding.summary
    assert wording.findings_of(ran, foreseen=True) == ()


def test_a_child_that_leaves_before_pycocotools_was_at_work_is_trouble() -> None:
    ran = run(job(), module="leaving_child")
    assert (ran.ended, wording.findings_of(ran, foreseen=False)) == ("crashed", ())
    assert wording.trouble_of(ran, ()) == "reading the files: the process died"


PARENT = """
import sys, threading, time
sys.path[:0] = [{children!r}, {root!r}]
from s3doctor.coco.oracle import process
job = {{"annotations": "", "predictions": "", "pointers": ["", ""], "share": 1, "seconds": 60, "memory": 1 << 30}}
threading.Thread(target=process.run, args=(job,), kwargs={{"module": "sleeping_child"}}, daemon=True).start()
while not process._running:
    time.sleep(0.05)
print([one.pid for one in process._running][0])
"""


@needs_proc
def test_no_child_outlives_the_program() -> None:
    text = PARENT.format(children=str(CHILDREN), root=str(Path(process.__file__).parents[3]))
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=180, check=True)
    assert gone(int(done.stdout))


def test_without_pycocotools_nothing_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cocofiles

    from s3doctor.coco import examine

    (tmp_path / "pycocotools").mkdir()
    (tmp_path / "pycocotools" / "__init__.py").write_text("raise ImportError('not for this platform')")
    path = cocofiles.saved(tmp_path / "a.json", cocofiles.truth())
    monkeypatch.syspath_prepend(str(tmp_path))
    consultation = consult(path, examined=examine(path))
    assert consultation.findings == ()
    assert consultation.trouble == "pycocotools cannot be imported (ImportError)"


def test_the_process_of_somebody_else_tells_no_processor_time() -> None:
    assert process.processor_seconds(2**22 + 1) is None


@needs_proc
def test_the_peak_of_this_process_is_known() -> None:
    assert limits.peak() > 1 << 20
