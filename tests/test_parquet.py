"""Tables in parquet files: they are as pandas reads them, and no file is open in Python."""

import re
from pathlib import Path

import pandas as pd
import pytest

from mma_analysis.vocabulary.parquet import stored_table, table_in

SOURCE = Path(__file__).parents[1] / "src" / "mma_analysis"
OPENED_WITH_PYTHON = re.compile(r"\bread_parquet\(|\bread_feather\(|\bParquetFile\(")

TABLE = pd.DataFrame(
    {
        "area": pd.Series(["borne", None, "wierden"], dtype="string"),
        "kind": pd.Categorical(["drugs", "fraude", "drugs"]),
        "received": pd.to_datetime(["2023-01-02", None, "2023-06-30"]),
        "count": pd.array([3, None, 0], dtype="Int64"),
        "share": [0.5, float("nan"), 1.0],
        "reported": pd.array([True, None, False], dtype="boolean"),
    },
    index=pd.Index([5, 7, 11], name="row"),
)


def test_a_stored_table_is_read_as_it_was_and_as_pandas_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "tabel.parquet"
    TABLE.to_parquet(path)

    found = stored_table(path)

    pd.testing.assert_frame_equal(found, TABLE)
    pd.testing.assert_frame_equal(found, pd.read_parquet(path))


def test_what_is_no_table_is_a_value_error_and_what_is_not_there_an_os_error(
    tmp_path: Path,
) -> None:
    path = tmp_path / "tabel.parquet"
    TABLE.to_parquet(path)
    content = path.read_bytes()

    for damaged in [b"", b"PAR1", content[:-40], b"\0" * 200, b"x" * 8 + content[8:-8]]:
        with pytest.raises(ValueError, match=r"Parquet|parquet"):
            table_in(damaged)
    with pytest.raises(FileNotFoundError):
        stored_table(tmp_path / "weg.parquet")


def test_nothing_of_ours_lets_arrow_hold_a_file_of_python() -> None:
    """Arrow aborts the process at its end then, on a busy machine (apache/arrow 34314)."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        opens = [line.strip() for line in lines if OPENED_WITH_PYTHON.search(line)]
        if opens:
            found[path.name] = opens

    assert found == {"parquet.py": ["with ParquetFile(BufferReader(copy.getvalue())) as file:"]}
