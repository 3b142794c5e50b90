METHODS: list[str]
__version__: str

class Analysis:
    def json(self) -> str: ...
    def csv(self) -> str: ...
    def breakdown(self) -> str: ...
    def html(self, language: str, level: float) -> str: ...
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
    language: str,
) -> Analysis: ...
def link(
    lists: list[tuple[str, bytes]], covariates: list[str], draws: int, seed: int, language: str
) -> tuple[str, str, list[float]]: ...
