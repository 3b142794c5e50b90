from collections.abc import Callable, Sequence

# Lists, count, ignore, covariates, thousands, hidden, absent, overlaps, blanks, sheet.
Reading = tuple[
    list[str],
    str | None,
    list[str],
    list[str],
    str | None,
    tuple[int, int] | None,
    tuple[int, int] | None,
    str | None,
    str | None,
    str | None,
]
# The JSON, the report in English and in Dutch, and what was left out and why.
Told = tuple[str, str, str, list[str]]

METHODS: list[str]
CHARTS: list[str]
__version__: str

class Frame: ...

class Analysis:
    def json(self) -> str: ...
    def csv(self) -> str: ...
    def breakdown(self) -> str: ...
    def html(self, language: str, level: float) -> str: ...
    def text(self, language: str, level: float) -> str: ...
    def chart(self, name: str, language: str) -> tuple[str, str, str] | None: ...
    def warned(self) -> list[str]: ...

def frame(stream: object) -> Frame | None: ...
def estimate(
    table: bytes | Frame,
    input: str,
    reading: Reading,
    by: list[str],
    numeric: list[str],
    inactive: list[str],
    methods: list[str],
    models: list[str],
    thorough: bool,
    level: float,
    replicates: int | None,
    seed: int,
    threshold: float,
    interval: str,
    reselect: str | None,
    over_coverage: tuple[float, float] | None,
    missed_links: float,
    population: bytes | Frame | None,
    small_groups: bool,
    identifying: list[str],
    learner: str | None,
    evidence: list[tuple[str, str, str, str, float, float | None, float | None, float | None]],
    progress: Callable[[str, int, int], object] | None,
    language: str,
) -> tuple[Analysis | None, str]: ...
def link(
    lists: Sequence[tuple[str, bytes | Frame]],
    covariates: list[str],
    draws: int,
    seed: int,
    progress: Callable[[str, int, int], object] | None,
    language: str,
) -> tuple[tuple[str, str, list[float]] | None, str]: ...
def nowcast(
    table: bytes | Frame,
    input: str,
    reading: Reading,
    late: str,
    year: str,
    model: str | None,
    window: int,
    replicates: int,
    level: float,
    seed: int,
    progress: Callable[[str, int, int], object] | None,
    language: str,
) -> tuple[Told | None, str]: ...
def open_population(
    table: bytes | Frame,
    input: str,
    staying: str,
    model: str | None,
    replicates: int,
    level: float,
    seed: int,
    progress: Callable[[str, int, int], object] | None,
    language: str,
) -> tuple[Told | None, str]: ...
def delays(
    table: bytes | Frame,
    input: str,
    happened: str,
    registered: str,
    most: int,
    since: str | None,
    until: str | None,
    replicates: int,
    level: float,
    seed: int,
    progress: Callable[[str, int, int], object] | None,
    language: str,
) -> tuple[Told | None, str]: ...
