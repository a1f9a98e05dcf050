"""What the settings chose of how a file is read, in sentences for who sent it."""

from collections.abc import Iterator, Mapping, Sequence

from mma_analysis.read.contents import may_be_several, whole_numbers
from mma_analysis.read.grid import Grid
from mma_analysis.read.headers import BY_MARK, LEFT_OUT, HeaderColumn, Registration
from mma_analysis.read.rows import DATA, SHIFTED
from mma_analysis.vocabulary import lines_of, message
from mma_analysis.vocabulary.numbers import listing
from mma_analysis.vocabulary.reference import words_of

# Of several rows → of one.
OF_ONE = {"chose_struck": "chose_struck_one", "chose_withdrawn": "chose_withdrawn_one"}


def of_sheets(every: Sequence[Grid], read: Sequence[Grid]) -> list[str]:
    """Which sheets with something on them the settings leave out."""
    names = [grid.sheet for grid in read]
    left: list[str] = []
    for grid in every:
        if grid.rows and grid.sheet not in names:
            left.append(grid.sheet)
    if not left:
        return []
    code = "chose_sheet" if len(left) == 1 else "chose_sheets"
    sheets = _quoted(left)
    return [message(code, sheets=sheets)]


def of_columns(one: Registration, kinds: Mapping[int, str]) -> list[str]:
    """What the columns of a sheet are, that the settings say it of."""
    marked: list[HeaderColumn] = []
    others: list[HeaderColumn] = []
    sentences: list[str] = []
    for column in one.columns:
        if not one.words.is_chosen(column.header):
            continue
        if column.target in BY_MARK:
            marked.append(column)
        elif _is_counted(one, column):
            sentence = _of_counted(one, column, kinds)
            sentences.append(sentence)
        else:
            others.append(column)
    sentences += _of_marked(marked)
    sentences += _of_others(others)
    return sentences


def of_withdrawn(one: Registration, withdrawn: Sequence[int], do_count: bool) -> list[str]:
    """How many rows are struck through, or say *vervallen*, and whether they count."""
    struck = [at for at in withdrawn if at in one.grid.struck]
    number_of = {
        "chose_struck": len(struck),
        "chose_withdrawn": len(withdrawn) - len(struck),
    }
    sheet = ""
    if one.grid.sheet:
        sheet = message("on_sheet", sheet=one.grid.sheet)
    what_then = message("chose_do_count" if do_count else "chose_not_to_count")

    sentences: list[str] = []
    for code, number in number_of.items():
        if not number:
            continue
        of_number = OF_ONE[code] if number == 1 else code
        sentence = message(of_number, number=number, sheet=sheet)
        sentences.append(f"{sentence} {what_then}")
    return sentences


def _is_counted(one: Registration, column: HeaderColumn) -> bool:
    """Whether a column that is left out says of how many tips a row is."""
    is_left_out = column.target in LEFT_OUT
    return is_left_out and may_be_several(column.header, one.filled(column))


def _of_marked(columns: Sequence[HeaderColumn]) -> Iterator[str]:
    """Which columns are together one field: what is marked counts."""
    for target, field in BY_MARK.items():
        headers = [column.header for column in columns if column.target == target]
        if headers:
            name = words_of("read_as")[field]
            yield message("chose_marked", headers=_quoted(headers), field=name)


def _of_counted(one: Registration, column: HeaderColumn, kinds: Mapping[int, str]) -> str:
    """What a column of amounts adds up to, beside how many rows there are."""
    total = sum(whole_numbers(one.filled(column)))
    number = sum(kind in (DATA, SHIFTED) for kind in kinds.values())
    lines = lines_of(number)
    return message("chose_amount", header=column.header, total=total, lines=lines)


def _of_others(columns: Sequence[HeaderColumn]) -> Iterator[str]:
    """What each of the other columns is, in one sentence."""
    names = words_of("read_as")
    said: list[str] = []
    for column in columns:
        if column.target in LEFT_OUT:
            part = message("chose_not_read", header=column.header)
        else:
            field = names[column.target]
            part = message("chose_read_as", header=column.header, field=field)
        said.append(part)
    if said:
        yield message("chose_columns", columns=listing(said))


def _quoted(names: Sequence[str]) -> str:
    return listing([f"‘{name}’" for name in names])
