"""What a public body publishes beside its code: of one version and licence."""

import tomllib
from pathlib import Path

import yaml

import mma_analysis

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_file_says_the_same_version_and_licence():
    names = ("publiccode.yml", "CITATION.cff")
    code, cited = (yaml.safe_load((ROOT / name).read_text("utf-8")) for name in names)
    newest = (ROOT / "CHANGELOG.md").read_text("utf-8").split("## [")[1].split("]")[0]

    assert {code["softwareVersion"], cited["version"], newest} == {PROJECT["version"]}
    assert mma_analysis.__version__ == PROJECT["version"]
    assert {code["legal"]["license"], cited["license"]} == {PROJECT["license"]}
    notice = (ROOT / "LICENSE").read_text("utf-8")
    assert f"SPDX-License-Identifier: {PROJECT['license']}\n" in notice
