from collections.abc import Callable, Sequence

# The JSON, the report in English and in Dutch, and what was left out and why.
Told = tuple[str, str, str, list[str]]

METHODS: list[str]
CHARTS: list[str]
# Name, flag and default of each setting, as JSON.
SETTINGS: str
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

def frame(stream: object) -> Frame | object | None: ...
def estimate(
    table: bytes | Frame,
    input: str,
    settings: str,
    population: bytes | Frame | None,
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
    reading: str,
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
