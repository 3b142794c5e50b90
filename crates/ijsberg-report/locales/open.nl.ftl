# Mensen die komen, enkele jaren blijven en gaan.
open-title = Een open populatie
open-with-limits = { $n } ({ $low } tot { $high })
open-people = Verschillende mensen van { $first } tot en met { $last }: { $n }, van wie er { $seen } op een lijst staan.
open-person-years = Mensen per jaar, gemiddeld: { $mean }. Alle jaren opgeteld: { $n } persoonsjaren; wie er drie jaar was, telt daarin drie keer mee.
open-years-each = Binnen deze jaren was iedere persoon er gemiddeld { $n } jaar.
open-level = Tussen haakjes: intervallen van { $level }.
open-by-year = Per jaar
open-entered-first = In het eerste jaar telt iedereen die er was als instroom.
open-steps = Van jaar op jaar
open-alone = Elk jaar uit de eigen lijsten
open-checks = Controles
open-assumes = Aannamen
open-col-year = Jaar
open-col-seen = Op lijst
open-col-people = Personen
open-col-limits = Interval
open-col-entered = Instroom
open-col-step = Jaren
open-col-returns = Teruggekeerd
open-col-staying = Blijft
open-col-lists = Lijsten
open-col-coverage = Dekking
open-agreement = Geen duidelijke tegenspraak tussen de terugkeer over de jaren en de lijsten binnen een jaar (χ² = { $statistic }, df = { $degrees }, p { $p }).
open-conflict = Terugkeer over de jaren en de lijsten binnen een jaar spreken elkaar tegen (χ² = { $statistic }, df = { $degrees }, p { $p }). Misschien zijn mensen een jaar weg en komen ze terug, komt de een eerder op een lijst dan de ander, of hangen lijsten van elkaar af. Gebruik de cijfers over alle jaren samen niet. De schattingen van elk jaar uit de eigen lijsten hangen niet van terugkeer af.
open-new-alike = Geen duidelijk verschil: wie nieuw op de lijsten staat, keert ongeveer even vaak terug als de anderen (toets 3.SR: χ² = { $statistic }, df = { $degrees }, p { $p }).
open-new-differ = Wie nieuw op de lijsten staat, keert vaker of minder vaak terug dan de anderen (toets 3.SR: χ² = { $statistic }, df = { $degrees }, p { $p }). Eén kans om te blijven past niet bij beide.
open-new-none = Te weinig mensen om te toetsen of wie nieuw op de lijsten staat even vaak terugkeert als de anderen (toets 3.SR).
open-missed-alike = Geen duidelijk verschil in wanneer mensen weer op een lijst staan, tussen wie in een jaar op een lijst stond en wie op geen enkele (toets 2.CT: χ² = { $statistic }, df = { $degrees }, p { $p }).
open-missed-differ = Wie in een jaar op een lijst staat, staat daarna eerder of later weer op een lijst dan wie dat jaar op geen enkele lijst stond (toets 2.CT: χ² = { $statistic }, df = { $degrees }, p { $p }).
open-missed-none = Te weinig mensen om te toetsen of het iets uitmaakt of iemand in een jaar op een lijst staat voor wanneer die daarna weer op een lijst staat (toets 2.CT).
open-basis = Binnen een jaar komt of gaat niemand. Model van de lijsten: { $model }, gegeneraliseerde Chapman-schatting.
open-staying-by-year = In een bepaald jaar is de kans om tot het volgende te blijven voor iedereen gelijk. Die kans verschilt per jaar.
open-staying-same = De kans om tot het volgende jaar te blijven is voor iedereen en in alle jaren gelijk.
open-caution-identity = Een persoon wordt in elk jaar herkend. Een gemiste koppeling tussen twee jaren telt één persoon dubbel: als iemand die ging en als iemand die kwam. Het aantal verschillende mensen is dan te hoog.
open-caution-away = Tijdelijke afwezigheid wordt niet apart geschat: wie een jaar weg is en terugkomt, telt als aanwezig, maar op geen enkele lijst.
open-caution-reach = Dit zijn mensen die op een lijst zouden kunnen komen. Wie op geen van de lijsten kan komen, zit in geen enkel cijfer.
open-failed = { $failed } van de { $of } gesimuleerde populaties hadden geen schatting.
open-no-interval = Geen intervallen: te veel gesimuleerde populaties hadden geen schatting.
open-left = Niet gebruikt: de kolommen { $columns }.
open-internal = Dit zijn exacte aantallen, voor intern gebruik. Publiceer cijfers met ijsberg report, dat ze beveiligt tegen onthulling.
open-repeat = { $replicates } gesimuleerde populaties, startwaarde { $seed }: dezelfde tabel en instellingen geven dezelfde cijfers.
open-chart = Op een lijst en geschat in totaal, per jaar, met het interval
stage-open = populaties simuleren
argument-open-columns = verwacht kolommen voor persoon, lijst en jaar, of kolommen zoals K.2015 met 0 en 1; gevonden: { $columns }
argument-open-no-person = deze tabel heeft jaren maar geen kolom voor de persoon, zodat niet blijkt wie in twee jaren dezelfde persoon is. De omvang van elk jaar is te schatten (ijsberg estimate), en de som van alle jaren. Hoeveel verschillende mensen het waren, hoeveel er blijven en hoeveel erbij komen niet: het aantal verschillende mensen ligt tussen het grootste jaar en de som. Voeg een kolom persoon met een pseudoniem toe. Gevonden: { $columns }
argument-open-twice = kolom { $column }: een andere kolom is voor dezelfde lijst en hetzelfde jaar
argument-open-blank = regel { $line }, kolom { $column }: de cel is leeg
argument-open-year = regel { $line }, kolom { $column }: gevonden { $value }; verwacht een jaar zoals 2015 of een datum zoals 2015-03-31
argument-open-binary = regel { $line }, kolom { $column }: gevonden { $value }; verwacht 0 of 1
argument-open-count = regel { $line }, kolom { $column }: gevonden { $value }; verwacht een geheel aantal mensen
argument-open-few-years = { $found } jaren, en er zijn er minstens { $least } nodig: met minder is de dekking van de lijsten niet aan de terugkeer te toetsen
argument-open-many-years = { $found } jaren, en er worden er hoogstens { $most } samen geschat. Controleer de jaren
argument-open-many-lists = { $found } lijsten, en er worden er hoogstens { $most } samen geschat. Voeg eerst lijsten samen
argument-open-name = de naam { $name } is leeg of komt twee keer voor
argument-open-row = rij { $row } past niet bij de lijsten en jaren, of staat op geen lijst
argument-open-many-people = de aantallen zijn samen meer dan 2^53
argument-open-empty-year = in { $year } staat niemand op een lijst. Elk jaar van het eerste tot en met het laatste is nodig
argument-open-one-list = in { $year } staan maar op één lijst mensen. De omvang van een jaar wordt uit minstens twee lijsten geschat
argument-open-no-year = de lijsten van { $year } overlappen te weinig om dat jaar te schatten, of het model past er niet bij
argument-open-no-returns = niemand staat in meer dan één jaar op een lijst. Of dezelfde persoon wordt over de jaren niet herkend, of iedereen gaat: de kans om te blijven is niet te schatten
argument-open-few-returns = { $found } mensen staan tot en met { $from } en opnieuw vanaf { $to } op een lijst, en er zijn er minstens { $least } nodig. Probeer --staying same
argument-open-few-in-all = mensen keerden in alle jaren samen { $found } keer terug, en minstens { $least } keer is nodig
argument-open-not-settled = de schatting voor alle jaren samen is niet geconvergeerd
argument-open-replicates = --replicates { $value }: verwacht 0, of een getal van 50 tot 100000
