"""`%%tekst`: a cell of sentences in Markdown and Jinja, filled with a notebook's values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from types import ModuleType
from typing import Any, NamedTuple

import mistune
from IPython.core.getipython import get_ipython
from IPython.display import display
from jinja2 import (
    Environment,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.environment import TemplateModule
from jinja2.utils import missing
from markupsafe import Markup, escape

from mma_analysis.evaluation import Evaluation
from mma_analysis.show.typed import typed_words
from mma_analysis.vocabulary import PACKAGE, UsageError, message, numbers
from mma_analysis.vocabulary.rows import not_there
from mma_analysis.vocabulary.value import Value

# A line with nothing but tags is no line of the text; for errors it stays one of the
# template.
ONLY_TAGS = re.compile(r"^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)\n", re.M)
HEAD = "kop"
KEY_FIGURES = "kern"
SECTION_CELL = "sectie"
STORED = "als"
CELL_KINDS = (HEAD, KEY_FIGURES, SECTION_CELL, STORED)
SHARED = "sentences.j2"
MOST_LISTED_IN_TEXT = 20
FEW_LISTED = 3  # that are named of a longer list
MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>#])")


# What every notebook has by itself.
OF_IPYTHON = ("In", "Out", "get_ipython", "exit", "quit", "open")


class TekstFout(UsageError):  # noqa: N818  an analyst reads its name
    """What is wrong with a sentence, in Dutch: where it stands, and what was meant."""

    # In a notebook: these words, not forty lines.
    def _render_traceback_(self) -> list[str]:
        return [f"TekstFout: {self}"]


class _NotThere(StrictUndefined):
    """A name or column that does not exist: said with the one that was meant."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_obj is missing:
            return super()._undefined_message
        names = _public(dir(self._undefined_obj))
        names += getattr(self._undefined_obj, "_ipython_key_completions_", list)()
        return not_there(str(self._undefined_name), names)


def _public(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith("_")]


# --- words around a value -----------------------------------------------------------------


def meervoud(count: Value, een: str, meer: str) -> Markup:
    """`1 melding`, `20 meldingen`; the number with its cell."""
    return Markup("{} {}").format(count, een if count == 1 else meer)


def lijst(items: Sequence[Any]) -> Markup:
    """`a`, `a en b`, `a, b en c`; of a long list the first few: `a, b, c en andere`."""
    named = [str(escape(item)) for item in items]
    if len(named) > MOST_LISTED_IN_TEXT:
        named = [*named[:FEW_LISTED], "andere"]
    return Markup(numbers.listing(named))  # noqa: S704  every item is escaped


def grenzen(value: Value) -> Markup:
    """The 95% interval: `(11,4–15,3)`, with a sign `(−14% tot +30%)`; empty without one."""
    if value.low is None or value.high is None:
        return Markup("")
    has_sign = value.form in ("change", "points", "signed_tens")
    between = " tot " if has_sign else "–"
    span = Markup('<span class="grens">({}{}{})</span>')
    return span.format(value.onder, between, value.boven)


def van_tot(laagste: Any, hoogste: Any) -> Any:
    """Two numbers as what lies between them: `2,8 tot 7,9`; alike, the number once."""
    if str(laagste) == str(hoogste):
        return laagste
    return Markup("{} tot {}").format(laagste, hoogste)


def van_de(aantal: Value, geheel: Value, wat: str = "") -> Markup:
    """How many of a few are so: `vier van de tien: nooit`, or without what it is."""
    part = aantal.as_form("word")
    whole = geheel.as_form("word")
    said = Markup("{} van de {}").format(part, whole)
    return Markup("{}: {}").format(said, wat) if wat else said


def vast(text: str, why: str) -> Value:
    """A number that the author types, with what it is: the audit lists it."""
    if not why.strip():
        raise TypeError(message("why_typed"))
    return Value(str(text), "typed", f"vast|{why}")


def capital(text: object) -> Markup:
    """A text with a capital, also when it begins with a number with its cell."""
    return Markup(numbers.capital(str(text)))  # noqa: S704  a part of it is escaped already


FILTERS: dict[str, Any] = {
    "meervoud": meervoud,
    "lijst": lijst,
    "grenzen": grenzen,
    "klein": numbers.small,
    "hoofdletters": capital,
}
# Filter → the form of a value that it writes.
WRITTEN = {
    "geheel": "count",
    "bereik": "range_words",
    "voluit": "word",
    "Voluit": "capital_word",
    "tiental": "tens",
    "deel": "part",
    "deel_van": "part_of",
    "keer": "times",
    "ruim_keer": "about_times",
    "Meer": "capital_more",
    "groeide": "grew",
    "hoofdletter": "capital_code",
    "dag": "day",
    "maand": "month",
    "korte_maand": "short_month",
}


def as_form(value: Any, form: str) -> Value:
    """A value written in another way: of what has no cell nobody knows where it is from."""
    if not isinstance(value, Value):
        raise TypeError(message("no_value"))
    return value.as_form(form)


FILTERS |= {name: partial(as_form, form=form) for name, form in WRITTEN.items()}


# --- filling ------------------------------------------------------------------------------


def jinja(**own: Any) -> Environment:
    """How every template is read: escaped, a line with only a tag is no line, our filters.

    `own`: what one kind of template has otherwise or besides, as `Environment` names it.
    """
    options: dict[str, Any] = dict.fromkeys(
        ("autoescape", "trim_blocks", "lstrip_blocks"), True
    )
    options |= own
    made = Environment(**options)  # noqa: S701  escaped, but for what is no HTML
    made.filters |= FILTERS
    made.globals["vast"] = vast
    return made


@cache
def environment(shared: str) -> Environment:
    """For sentences: strict, and with the macros of the shared ones.

    A tag leaves its line: `compiled` takes it out, so that an error has the right number.
    """
    made = jinja(
        undefined=_NotThere,
        finalize=_finalized,
        trim_blocks=False,
        lstrip_blocks=False,
    )
    made.globals["Value"] = Value
    made.globals["WEINIG"] = numbers.FEW
    try:
        macros = vars(made.from_string(shared).module)
    except TemplateSyntaxError as error:
        raise TekstFout(_explained(error, shared, {}, SHARED)) from None
    for name in _public(macros):
        made.globals[name] = macros[name]
    return made


@lru_cache(maxsize=1_000)
def compiled(shared: str, template: str) -> Template:
    """A template to fill, with the macros of the shared sentences."""
    without_their_lines = ONLY_TAGS.sub(r"\1{#\n#}", template)
    return environment(shared).from_string(without_their_lines)


def _finalized(value: Any) -> Any:
    """A label as it is, whatever signs of Markdown are in it."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    escaped = MARKDOWN_SIGNS.sub(r"\\\1", value).replace("\\<", "&lt;")
    return Markup(escaped)  # noqa: S704  no sign of it is read as markup


def opened(names: Mapping[str, Any], where: str = "") -> Evaluation | None:
    """The one evaluation that a notebook with these names opened, if any.

    `TekstFout`: it opened more than one. Nobody can know which is meant.
    """
    by_name = _evaluations(names)
    if _are_several(by_name):
        said = [f"{name} ({_which(one)})" for name, one in by_name.items()]
        first = next(iter(by_name))
        open_ones = numbers.listing(said)
        text = message("two_open", where=where or "hier", names=open_ones, name=first)
        raise TekstFout(text)
    return next(iter(by_name.values()), None)


def _evaluations(names: Mapping[str, Any]) -> dict[str, Evaluation]:
    """The evaluations that a notebook gave a name; what it showed before counts no more."""
    found = {}
    for name, one in names.items():
        is_earlier_output = name.startswith("_")
        if isinstance(one, Evaluation) and not is_earlier_output:
            found[name] = one
    return found


def _are_several(evaluations: Mapping[str, Evaluation]) -> bool:
    return len({_which(one) for one in evaluations.values()}) > 1


def _which(e: Evaluation) -> str:
    """Of what an evaluation is: two with the same name show the same."""
    return f"{e.naam}, {e.edition.slug}, {e.audience}"


def shared_sentences(names: Mapping[str, Any]) -> str:
    """The macros of all cells: those beside the edition's notebooks, else the package's."""
    return sentences_of(opened(names))


def sentences_of(e: Evaluation | None) -> str:
    """The same, of this evaluation."""
    own = e.own_file(SHARED) if e is not None else None
    path = own or PACKAGE / "show" / SHARED
    return path.read_text(encoding="utf-8")


def fill(
    template: str,
    names: Mapping[str, Any],
    where: str = "",
    e: Evaluation | None = None,
) -> Markup:
    """Fill a template with the values of a notebook.

    `e`: the evaluation that it is of; else the one among the names.
    `TekstFout`: when it cannot be filled: in which line, and what was probably meant.
    """
    filled = str(module(template, names, where, e))
    return Markup(filled.strip())  # noqa: S704  what is in it is escaped


def module(
    template: str,
    names: Mapping[str, Any],
    where: str = "",
    e: Evaluation | None = None,
) -> TemplateModule:
    """The same, with what the template itself sets as its attributes."""
    faults = (UndefinedError, TemplateSyntaxError, TypeError, KeyError, AttributeError)
    of = e if e is not None else opened(names, where)
    try:
        source = compiled(sentences_of(of), template)
        try:
            return source.make_module(dict(names))
        except faults:
            # Puts the line of the template in the traceback.
            source.environment.handle_exception()
    except faults as error:
        raise TekstFout(_explained(error, template, names, where)) from None


def _explained(
    error: Exception,
    template: str,
    names: Mapping[str, Any],
    where: str,
) -> str:
    """What is wrong with a template: in which line, what, and that line itself."""
    number = _line_of(error)
    lines = template.splitlines()
    source = ""
    if number and number <= len(lines):
        source = f"\n    {lines[number - 1].strip()}"
    return f"{where or 'zin'}, regel {number}: {_in_dutch(error, names)}{source}"


def _line_of(error: Exception) -> int | None:
    """The number of the line: jinja puts it in the traceback."""
    number = getattr(error, "lineno", None)
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == "<template>":
            number = at.tb_lineno
        at = at.tb_next
    return number


def _in_dutch(error: Exception, names: Mapping[str, Any]) -> str:
    """What jinja or Python says, in Dutch where an analyst meets it."""
    said = str(error)
    if isinstance(error, KeyError) and error.args:
        said = str(error.args[0])
    unknown_name = re.match(r"'(\w+)' is undefined", said)
    if unknown_name:
        return not_there(unknown_name[1], _of_notebook(names))
    unknown_filter = re.match(r"No (?:filter|test) named '(\w+)'", said)
    if unknown_filter:
        return not_there(unknown_filter[1], list(FILTERS))
    begun = re.search(r"needs to be closed is '(\w+)'", said)
    if begun:
        return f"bij {{% {begun[1]} … %}} hoort nog een {{% end{begun[1]} %}}"
    if isinstance(error, TemplateSyntaxError):
        return f"de haken of {{% … %}} kloppen niet: {said}"
    return said


def _of_notebook(names: Mapping[str, Any]) -> list[str]:
    """The names that a notebook made: no modules, and nothing of IPython itself."""
    public = _public(names)
    return [
        name
        for name in public
        if name not in OF_IPYTHON and not isinstance(names[name], ModuleType)
    ]


def to_html(filled: Markup) -> str:
    """Markdown with numbers in it as HTML."""
    return str(mistune.html(str(filled))).strip()


def text_of_html(html: str) -> str:
    """What a reader reads of it."""
    return " ".join(Markup(html).striptags().split())  # noqa: S704


# --- the cell -----------------------------------------------------------------------------


@dataclass(frozen=True)
class CurrentNotebook:
    """The notebook that we are in, and the evaluation that what is shown is of.

    `names`: its values; `where`: the cell that runs, for an error.
    """

    names: Mapping[str, Any]
    e: Evaluation | None
    where: str

    def filled(self, text: str, what: str) -> Markup:
        """A text with its values; of none nothing. `what`: which text, for an error."""
        if not text:
            return Markup("")
        where = ", ".join(part for part in (self.where, what) if part)
        return fill(text, self.names, where, self.e)


def notebook(e: Evaluation | None = None) -> CurrentNotebook:
    """The notebook that we are in, of this evaluation; else of the one that it opened."""
    shell: Any = get_ipython()
    names = shell.user_ns if shell else {}
    where = cell_that_runs(names)
    if e is None:
        return CurrentNotebook(names, opened(names, where), where)
    return CurrentNotebook({**names, "e": e}, e, where)


def bare_notebook() -> CurrentNotebook:
    """The same for what stands bare in a cell: with two evaluations open, of neither."""
    shell: Any = get_ipython()
    evaluations = _evaluations(shell.user_ns)
    if _are_several(evaluations):
        return CurrentNotebook(shell.user_ns, None, cell_that_runs(shell.user_ns))
    return notebook()


def cell_that_runs(names: Mapping[str, Any]) -> str:
    """`cel [4]`, as the notebook counts them; empty outside a notebook."""
    if "In" not in names:
        return ""
    number = len(names["In"]) - 1  # of this cell: what is counted may be the next
    return f"cel [{number}]"


class TextCommand(NamedTuple):
    """What stands behind `%%tekst`."""

    kind: str
    name: str


def tekst(line: str, cell: str) -> None:
    """Show the sentences of a cell: `%%tekst`, `%%tekst kop`, `%%tekst sectie groei`.

    `%%tekst als titel` shows nothing on the page and keeps the text as `titel`. A text that
    is empty shows nothing.
    """
    show_text(notebook(), f"%%tekst {line}".strip(), line, cell)


def show_text(within: CurrentNotebook, what: str, line: str, cell: str) -> None:
    """Show sentences in a notebook; `line` is their kind and name, as behind `%%tekst`."""
    asked = _asked(line, f"{within.where}, {what}")
    sentences = "\n" + cell
    filled = within.filled(sentences, what)
    _remark_on(typed_words(sentences))
    about = {"kind": asked.kind, "name": asked.name}
    if asked.kind == STORED:
        shell: Any = get_ipython()
        shell.user_ns[asked.name] = filled
        about = {"part": "top"}
    if not filled:
        return

    html = to_html(filled)
    if asked.kind == SECTION_CELL:
        title = re.sub(r"^<p>|</p>$", "", html)
        about["title"] = title
        html = f"<h2>{title}</h2>"
    classes = " ".join(filter(None, ("tekst", *asked)))
    show(output(f'<div class="{classes}">{html}</div>', **about))


def _remark_on(typed: Sequence[str]) -> None:
    """Say below the cell, and not on the page, what only a table can know."""
    if not typed:
        return
    words = ", ".join(f"‘{word}’" for word in typed)
    remark = message("typed_in_text", words=words)
    show(output(f"<p>{escape(remark)}</p>", part="top", remark=remark))


def _asked(line: str, where: str) -> TextCommand:
    """The kind of a text and its name, of which either may be empty."""
    words = line.split()
    kind = ""
    if words and words[0] in CELL_KINDS:
        kind = words.pop(0)
    name = words[0] if words else ""
    lacks_name = kind in (SECTION_CELL, STORED) and not name
    if len(words) > 1 or lacks_name:
        raise TekstFout(f"{where}: zet achter %%tekst hoogstens een soort en één naam")
    return TextCommand(kind, name)


def output(shown: str | Mapping[str, Any], **about: Any) -> dict[str, Any]:
    """What a cell shows (HTML, or data by its kind), and what the page must know of it."""
    data = shown
    if isinstance(shown, str):
        data = {"text/html": shown, "text/plain": text_of_html(shown)}
    return {"output_type": "display_data", "data": data, "metadata": {"mma": about}}


def show(made: Mapping[str, Any]) -> None:
    """Show an output below the cell that we are in."""
    display(made["data"], raw=True, metadata=made["metadata"])
