"""Names of the countries of ISO 3166-1 in English and Dutch, as the Unicode CLDR has them (Unicode License v3).

    pip install babel && python3 crates/ijsberg-report/locales/countries.py

writes `countries.en.ftl` and `countries.nl.ftl` beside it. The codes are those of `ijsberg_register::codes`.
"""

import pathlib
import re

from babel import Locale

here = pathlib.Path(__file__).parent
codes = (here / "../../ijsberg-register/src/codes.rs").read_text()
codes = re.search(r'const COUNTRIES: &str = "(.*?)";', codes, re.S).group(1).replace("\\", " ").split()
assert len(codes) == 249, len(codes)

# What ISO 3166 leaves to users; and, where CLDR has an abbreviation, the name in full.
own = {
    "en": {"XX": "Stateless", "ZZ": "Not known", "HK": "Hong Kong", "MO": "Macao", "PS": "Palestinian territories", "CD": "Congo (Kinshasa)", "CG": "Congo (Brazzaville)"},
    "nl": {"XX": "Staatloos", "ZZ": "Onbekend", "HK": "Hongkong", "MO": "Macau", "PS": "Palestijnse gebieden", "CD": "Congo (Kinshasa)", "CG": "Congo (Brazzaville)"},
}

for language, names in own.items():
    names = dict(Locale(language).territories) | names
    lines = [f"code-country-{code} = {names[code]}" for code in [*codes, "XK", "XX", "ZZ"]]
    head = "# Countries, from the Unicode CLDR (Unicode License v3): made by countries.py.\n"
    (here / f"countries.{language}.ftl").write_text(head + "\n".join(lines) + "\n")
