"""`%%tekst`: a cell of Dutch sentences, Markdown and Jinja, filled with the notebook's values."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import mistune
from IPython.core.getipython import get_ipython
from IPython.display import display
from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.environment import TemplateModule
from jinja2.utils import missing
from markupsafe import Markup, escape

from mma_analysis.evaluation import Evaluation
from mma_analysis.vocabulary import PACKAGE, UsageError, message, numbers
from mma_analysis.vocabulary.rows import not_there
from mma_analysis.vocabulary.value import Value

# A line with nothing but tags is no line of the text; it stays one of the template, for errors.
ONLY_TAGS = re.compile(r"^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)\n", re.M)
HEAD, KEY_FIGURES, SECTION, STORED = "kop", "kern", "sectie", "als"
KINDS = (HEAD, KEY_FIGURES, SECTION)
SHARED = "sentences.j2"
MOST_LISTED, FEW_LISTED = 20, 3  # of a longer list some are named
MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>#])")


class TekstFout(UsageError):  # noqa: N818  an analyst reads its name
    """What is wrong with a sentence, in Dutch: where it stands, and what was meant."""

    def _render_traceback_(self) -> list[str]:  # in a notebook: these words, not forty lines
        return [f"TekstFout: {self}"]


class _NotThere(StrictUndefined):
    """A name or column that does not exist: said with the one that was meant."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_obj is missing:
            return super()._undefined_message
        names = [name for name in dir(self._undefined_obj) if not name.startswith("_")]
        names += getattr(self._undefined_obj, "_ipython_key_completions_", list)()
        return not_there(str(self._undefined_name), names)


# --- words around a value ------------------------------------------------------------------------


def meervoud(count: Value, een: str, meer: str) -> Markup:
    """`1 melding`, `20 meldingen`; the number with its cell."""
    return Markup("{} {}").format(count, een if count == 1 else meer)


def lijst(items: Sequence[Any]) -> Markup:
    """`a`, `a en b`, `a, b en c`; of a long list the first few: `a, b, c en andere`."""
    marks = [str(escape(item)) for item in items]
    named = marks if len(marks) <= MOST_LISTED else [*marks[:FEW_LISTED], "andere"]
    return Markup(numbers.listing(named))  # noqa: S704  every item is escaped


def grenzen(value: Value) -> Markup:
    """The 95% interval: `(11,4–15,3)`, with a sign `(−14% tot +30%)`; empty when there is none."""
    if value.low is None or value.high is None:
        return Markup("")
    joined = " tot " if value.form in ("change", "points", "signed_tens") else "–"
    return Markup('<span class="grens">({}{}{})</span>').format(value.onder, joined, value.boven)


def vast(text: str, why: str) -> Value:
    """A number that the author types, with what it is: the audit lists it."""
    if not why.strip():
        raise TypeError(message("why_typed"))
    return Value(str(text), "typed", f"vast|{why}")


FILTERS: dict[str, Any] = {
    **{"meervoud": meervoud, "lijst": lijst, "grenzen": grenzen, "klein": numbers.small},
    "hoofdletters": lambda text: Markup(numbers.capital(str(text))),
}
# Filter → the form of a value that it writes.
WRITTEN = {
    **{"geheel": "count", "voluit": "word", "Voluit": "capital_word", "tiental": "tens"},
    **{"deel": "part", "deel_van": "part_of", "keer": "times", "Meer": "capital_more"},
    **{"groeide": "grew", "hoofdletter": "capital_code"},
    **{"dag": "day", "maand": "month", "korte_maand": "short_month"},
}


def as_form(value: Any, form: str) -> Value:
    """A value written in another way: of what has no cell nobody knows where it is from."""
    if not isinstance(value, Value):
        raise TypeError(message("no_value"))
    return value.as_form(form)


FILTERS |= {name: partial(as_form, form=form) for name, form in WRITTEN.items()}


# --- filling -------------------------------------------------------------------------------------


@cache
def environment(shared: str) -> Environment:
    """Strict and escaped; with the filters of this page and the macros of a file of them."""
    made = Environment(undefined=_NotThere, autoescape=True, finalize=_finalized)
    made.filters |= FILTERS
    made.globals |= {"vast": vast, "Value": Value}
    try:
        macros = vars(made.from_string(shared).module)
    except TemplateSyntaxError as error:
        raise TekstFout(_explained(error, shared, {}, SHARED)) from None
    made.globals |= {name: macro for name, macro in macros.items() if not name.startswith("_")}
    return made


def _finalized(value: Any) -> Any:
    """A label as it is, whatever signs of Markdown are in it."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return Markup(MARKDOWN_SIGNS.sub(r"\\\1", value).replace("\\<", "&lt;"))  # noqa: S704
    return value


def opened(names: Mapping[str, Any]) -> Evaluation | None:
    """What a notebook with these names opened with `open_editie`."""
    return next((one for one in names.values() if isinstance(one, Evaluation)), None)


def shared_sentences(names: Mapping[str, Any]) -> str:
    """The macros of all cells: those beside the edition's notebooks, else the package's."""
    e = opened(names)
    path = e.own_file(SHARED) if e is not None else None
    return (path or PACKAGE / "show" / SHARED).read_text(encoding="utf-8")


def fill(template: str, names: Mapping[str, Any], where: str = "") -> Markup:
    """Fill a template with the values of a notebook.

    `TekstFout`: when it cannot be filled: in which line, and what was probably meant.
    """
    return Markup(str(module(template, names, where)).strip())  # noqa: S704  what is in it is escaped


def module(template: str, names: Mapping[str, Any], where: str = "") -> TemplateModule:
    """The same, with what the template itself sets as its attributes."""
    try:
        made = environment(shared_sentences(names))
        source = made.from_string(ONLY_TAGS.sub(r"\1{#\n#}", template))
        try:
            return source.make_module(dict(names))
        except Exception:
            made.handle_exception()  # puts the line of the template in the traceback
    except (UndefinedError, TemplateSyntaxError, TypeError, KeyError, AttributeError) as error:
        raise TekstFout(_explained(error, template, names, where)) from None


def _explained(error: Exception, template: str, names: Mapping[str, Any], where: str) -> str:
    line, at = getattr(error, "lineno", None), error.__traceback__
    while at is not None:  # jinja puts the line of the template in the traceback
        if at.tb_frame.f_code.co_filename == "<template>":
            line = at.tb_lineno
        at = at.tb_next
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if name := re.match(r"'(\w+)' is undefined", said):
        said = not_there(name[1], [one for one in names if not one.startswith("_")])
    elif name := re.match(r"No (?:filter|test) named '(\w+)'", said):
        said = not_there(name[1], list(FILTERS))
    elif begun := re.search(r"needs to be closed is '(\w+)'", said):
        said = f"bij {{% {begun[1]} … %}} hoort nog een {{% end{begun[1]} %}}"
    elif isinstance(error, TemplateSyntaxError):
        said = f"de haken of {{% … %}} kloppen niet: {said}"
    lines = template.splitlines()
    source = f"\n    {lines[line - 1].strip()}" if line and line <= len(lines) else ""
    return f"{where or 'zin'}, regel {line}: {said}{source}"


def to_html(filled: Markup) -> str:
    """Markdown with numbers in it as HTML."""
    return str(mistune.html(str(filled))).strip()


def plain(html: str) -> str:
    """What a reader reads of it."""
    return " ".join(Markup(html).striptags().split())  # noqa: S704


# --- the cell ------------------------------------------------------------------------------------


def tekst(line: str, cell: str) -> None:
    """Show the sentences of a cell: `%%tekst`, `%%tekst kop`, `%%tekst sectie groei`, a name.

    `%%tekst als titel` shows nothing on the page and keeps the text as `titel`. A text that is
    empty shows nothing.
    """
    shell: Any = get_ipython()
    words = line.split()
    kind = words.pop(0) if words and words[0] in (*KINDS, STORED) else ""
    name = words[0] if words else ""
    number = len(shell.user_ns["In"]) - 1  # of this cell: what is counted may be the next
    where = f"cel [{number}], %%tekst {line}".strip()
    if len(words) > 1 or (kind in (SECTION, STORED) and not name):
        raise TekstFout(f"{where}: zet achter %%tekst hoogstens een soort en één naam")
    filled = fill("\n" + cell, shell.user_ns, where)
    about = {"kind": kind, "name": name}
    if kind == STORED:
        shell.user_ns[name] = filled
        about = {"part": "top"}
    if not filled:
        return
    html = to_html(filled)
    if kind == SECTION:
        about["title"] = re.sub(r"^<p>|</p>$", "", html)
        html = f"<h2>{about['title']}</h2>"
    classes = " ".join(filter(None, ("tekst", kind, name)))
    show(output(f'<div class="{classes}">{html}</div>', **about))


def output(shown: str | Mapping[str, Any], **about: Any) -> dict[str, Any]:
    """What a cell shows (HTML, or data by its kind) with what the page must know about it."""
    data = {"text/html": shown, "text/plain": plain(shown)} if isinstance(shown, str) else shown
    return {"output_type": "display_data", "data": data, "metadata": {"mma": about}}


def show(made: Mapping[str, Any]) -> None:
    """Show an output below the cell that we are in."""
    display(made["data"], raw=True, metadata=made["metadata"])
