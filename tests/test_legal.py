"""What a public body publishes beside its code: complete, and of one version and licence."""

import tomllib
from pathlib import Path

import pytest
import yaml

import mma_analysis

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# publiccode.yml 0.4, and the Citation File Format 1.2.0: the keys that a file must have
MUST_HAVE = {
    "publiccode.yml": "publiccodeYmlVersion name url platforms developmentStatus softwareType "
    "description legal maintenance localisation",
    "CITATION.cff": "cff-version message title authors",
}


def test_every_file_says_the_same_version_and_licence():
    code, cited = (yaml.safe_load((ROOT / name).read_text("utf-8")) for name in MUST_HAVE)
    newest = (ROOT / "CHANGELOG.md").read_text("utf-8").split("## [")[1].split("]")[0]

    assert {code["softwareVersion"], cited["version"], newest} == {PROJECT["version"]}
    assert mma_analysis.__version__ == PROJECT["version"]
    assert {code["legal"]["license"], cited["license"]} == {PROJECT["license"]}
    notice = (ROOT / "LICENSE").read_text("utf-8")
    assert f"SPDX-License-Identifier: {PROJECT['license']}\n" in notice


@pytest.mark.parametrize("name", MUST_HAVE)
def test_a_file_has_what_its_standard_asks(name):
    keys = yaml.safe_load((ROOT / name).read_text("utf-8"))

    assert set(MUST_HAVE[name].split()) - set(keys) == set()
    for told in keys.get("description", {}).values():
        assert len(told["shortDescription"]) <= 150
        assert 500 <= len(told["longDescription"]) <= 10_000
