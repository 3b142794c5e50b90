from collections.abc import Callable

METHODS: list[str]
CHARTS: list[str]
__version__: str

class Analysis:
    def json(self) -> str: ...
    def csv(self) -> str: ...
    def breakdown(self) -> str: ...
    def html(self, language: str, level: float) -> str: ...
    def chart(self, name: str, language: str) -> tuple[str, str, str] | None: ...
    def warned(self) -> list[str]: ...

def estimate(
    table: bytes,
    input: str,
    lists: list[str],
    count: str | None,
    ignore: list[str],
    covariates: list[str],
    thousands: str | None,
    hidden: tuple[int, int] | None,
    absent: tuple[int, int] | None,
    overlaps: str | None,
    blanks: str | None,
    sheet: str | None,
    by: list[str],
    numeric: list[str],
    inactive: list[str],
    methods: list[str],
    models: list[str],
    thorough: bool,
    level: float,
    replicates: int | None,
    seed: int,
    over_coverage: tuple[float, float] | None,
    missed_links: float,
    population: bytes | None,
    progress: Callable[[str, int, int], object] | None,
    language: str,
) -> tuple[Analysis | None, str]: ...
def link(
    lists: list[tuple[str, bytes]],
    covariates: list[str],
    draws: int,
    seed: int,
    progress: Callable[[str, int, int], object] | None,
    language: str,
) -> tuple[tuple[str, str, list[float]] | None, str]: ...
