import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from playground.client import RunningWorkspace, WorkspaceClient
from tests.effort import PATIENCE

TRIAL = """
import sys
from pathlib import Path
from playground.trial import Hosting, run_trial
manifest, data, port, *app = sys.argv[1:]
more = {"GREETING": "hello"}
sys.exit(run_trial(app, Hosting(Path(manifest), Path(data), int(port), fresh=True), more))
"""
APP = """
import os, time
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
assert os.environ["GREETING"] == "hello"
assert os.environ["CLOCK_URL"].endswith("/clock")
client = WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
SocketModeHandler(App(client=client), os.environ["SLACK_APP_TOKEN"]).connect()
time.sleep(60)
"""


def start_trial(manifest: Path, data: Path, port: int, code: str) -> "subprocess.Popen[str]":
    arguments = [str(manifest), str(data), str(port), sys.executable, "-c", code]
    return subprocess.Popen(
        [sys.executable, "-c", TRIAL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_trial_runs_both_and_stops_both(manifest_path: Path, tmp_path: Path, running: RunningWorkspace) -> None:
    taken = int(running.base_url.rsplit(":", 1)[1].strip("/"))
    with start_trial(manifest_path, tmp_path, taken, APP) as trial:
        assert trial.stdout is not None
        line = trial.stdout.readline()
        trial.send_signal(signal.SIGINT)
        rest, _ = trial.communicate(timeout=PATIENCE)

    assert line.startswith("Open http://127.0.0.1:")
    assert str(taken) not in line
    assert rest.count("http://") == 0
    assert trial.returncode == 0


def test_a_trial_says_how_the_app_ended(manifest_path: Path, tmp_path: Path) -> None:
    with start_trial(manifest_path, tmp_path, 0, "raise SystemExit(7)") as trial:
        _, complaint = trial.communicate(timeout=PATIENCE)

    assert complaint == "The app stopped by itself (exit status 7).\n"
    assert trial.returncode == 7


def test_two_workspaces_cannot_share_a_folder(manifest_path: Path, tmp_path: Path) -> None:
    first = RunningWorkspace(manifest_path, tmp_path)
    command = [sys.executable, "-m", "playground", "--manifest", str(manifest_path), "--data", str(tmp_path)]

    second = subprocess.run([*command, "--port", "0"], capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert second.returncode == 1
    assert "is another one running there?" in second.stderr
    assert first.stop() == 0


OTHER_APP = """
import os, time
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
assert os.environ["SLACK_SIGNING_SECRET"]
app = App(client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))
app.command("/learn")(lambda ack: ack("Learned"))
SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()
time.sleep(60)
"""
OVER_HTTP = OTHER_APP.replace(
    'SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()', 'app.start(port=int(os.environ["MY_PORT"]))'
)


@pytest.mark.parametrize("over", ["sockets", "http"])
def test_any_app_can_be_tried(manifest_path: Path, tmp_path: Path, over: str) -> None:
    script = tmp_path / "my bot.py"
    script.write_text(OVER_HTTP if over == "http" else OTHER_APP)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    command = [sys.executable, "-m", "bot", "try", "--app", f"{sys.executable} '{script}'"]
    command += ["--manifest", str(manifest_path), "--data", str(tmp_path / "data"), "--port", "0"]
    command += ["--app-url", f"http://127.0.0.1:{port}/slack/events"] if over == "http" else []
    environment = {**os.environ, "MY_PORT": str(port), "SLACK_SIGNING_SECRET": "of another workspace"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as trial:
        assert trial.stdout is not None
        # Bolt's own server says something on its own.
        line = next(line for line in trial.stdout if line.startswith("Open "))
        client = WorkspaceClient(line.split()[1])
        answer = client.command("U0AMARA", "C0GENERAL", "/learn")
        limits = client.limits()["on"]
        client.close()
        trial.send_signal(signal.SIGINT)
        trial.communicate(timeout=PATIENCE)

    assert answer == {"ok": True}
    assert limits
    assert trial.returncode == 0


def test_another_app_needs_its_manifest() -> None:
    command = [sys.executable, "-m", "bot", "try", "--app", "python mybot.py"]
    failed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert (failed.returncode, failed.stderr) == (2, "Another app needs both --app and --manifest.\n")
