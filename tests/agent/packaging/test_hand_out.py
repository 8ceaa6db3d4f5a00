"""Handing the program out: the portal's address goes along, the manifest tells the truth."""

import hashlib
import json
from pathlib import Path

import pytest

from agent import built_in
from agent.built_in import address_at_end
from agent.packaging.hand_out import hand_out, main

PROGRAM = b"\x7fELF" + bytes(range(256)) * 64


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "agent-linux").write_bytes(PROGRAM)
    entry = {"file": "agent-linux", "version": "1.2", "sha256": "0", "size": 1}
    (folder / "manifest.json").write_text(json.dumps({"linux-x86_64": entry}))
    return folder


@pytest.mark.parametrize(
    "address", ["http://support.example.com", "ftp://x", "https://x.example/" + "a" * 400]
)
def test_an_address_that_the_program_would_refuse_is_not_handed_out(
    built: Path, tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out"
    places = ["--source", str(built), "--target", str(target)]
    with pytest.raises(SystemExit) as caught:
        main([*places, "--server", address])
    assert caught.value.code == 2
    assert "must be https://" in capsys.readouterr().err
    assert not target.exists()


def test_a_program_as_it_was_built_has_no_address(built: Path, tmp_path: Path) -> None:
    assert address_at_end(built / "agent-linux") is None
    empty = tmp_path / "empty"
    empty.touch()
    assert address_at_end(empty) is None


def test_the_copy_is_the_program_with_its_address(built: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    hand_out(built, target, "https://support.example.com")
    content = (target / "agent-linux").read_bytes()
    assert content.startswith(PROGRAM)
    assert address_at_end(target / "agent-linux") == "https://support.example.com"
    entry = json.loads((target / "manifest.json").read_text())["linux-x86_64"]
    assert entry["version"] == "1.2"
    assert entry["size"] == len(content)
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_new_address_replaces_the_old_one(built: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    hand_out(built, target, "https://old.example.com")
    hand_out(built, target, "https://new.example.com")
    assert address_at_end(target / "agent-linux") == "https://new.example.com"
    assert sorted(path.name for path in target.iterdir()) == ["agent-linux", "manifest.json"]


def test_the_program_asks_its_own_file_once_it_is_frozen(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_out(built, tmp_path / "out", "https://support.example.com")
    monkeypatch.delenv("DIBUC_SERVER", raising=False)
    assert built_in.server_url() == built_in.DEFAULT
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "out" / "agent-linux"))
    assert built_in.server_url() == "https://support.example.com"
    monkeypatch.setenv("DIBUC_SERVER", "https://other.example.com")
    assert built_in.server_url() == "https://other.example.com"
