# People who come, stay for some years and go.
open-title = An open population
open-with-limits = { $n } ({ $low } to { $high })
open-people = Different people from { $first } to { $last }: { $n }, of whom { $seen } are on a list.
open-person-years = People per year, on average: { $mean }. All years added up: { $n } person-years, in which someone who was there for three years counts three times.
open-years-each = Within these years, each person was there for { $n } years on average.
open-level = In brackets: { $level } intervals.
open-by-year = By year
open-entered-first = In the first year, everyone who was there counts as entered.
open-steps = From one year to the next
open-alone = Each year from its own lists
open-checks = Checks
open-assumes = What this assumes
open-col-year = Year
open-col-seen = Listed
open-col-people = People
open-col-limits = Interval
open-col-entered = Entered
open-col-step = Years
open-col-returns = Returned
open-col-staying = Stay
open-col-lists = Lists
open-col-coverage = Coverage
open-agreement = No clear conflict between returns over the years and the lists within a year (χ² = { $statistic }, df = { $degrees }, p { $p }).
open-conflict = Returns over the years and the lists within a year conflict (χ² = { $statistic }, df = { $degrees }, p { $p }). People may be away for a year and come back, some may be more likely to be listed than others, or lists may depend on each other. Do not use the figures for all years together. The estimates of each year from its own lists do not depend on returns.
open-new-alike = No clear difference: people who are new on the lists return about as often as the others (test 3.SR: χ² = { $statistic }, df = { $degrees }, p { $p }).
open-new-differ = People who are new on the lists return more often or less often than the others (test 3.SR: χ² = { $statistic }, df = { $degrees }, p { $p }). One chance of staying does not fit both.
open-new-none = Too few people to test whether those who are new on the lists return as often as the others (test 3.SR).
open-missed-alike = No clear difference in when people are next on a list, between those on a list in a year and those on none (test 2.CT: χ² = { $statistic }, df = { $degrees }, p { $p }).
open-missed-differ = People on a list in a year are next on one sooner or later than people who were on none that year (test 2.CT: χ² = { $statistic }, df = { $degrees }, p { $p }).
open-missed-none = Too few people to test whether being on a list changes when people are next on one (test 2.CT).
open-basis = Within a year, no one enters or leaves. Model of the lists: { $model }, generalised Chapman estimate.
open-staying-by-year = In a given year, the chance of staying until the next is the same for everyone. It differs between years.
open-staying-same = The chance of staying until the next year is the same for everyone and in all years.
open-caution-identity = A person is recognised in every year. A missed link between two years counts one person twice, as someone who left and as someone who entered. The number of different people is then too high.
open-caution-away = Temporary absence is not estimated separately: someone who is away for a year and comes back counts as present but on no list.
open-caution-reach = These are people who could be on a list. People who cannot be on any of the lists are in no figure.
open-failed = { $failed } of { $of } simulated populations had no estimate.
open-no-interval = No intervals: too many simulated populations had no estimate.
open-left = Not used: the columns { $columns }.
open-internal = These are exact counts, for internal use. Publish figures with ijsberg report, which applies disclosure control.
open-repeat = { $replicates } simulated populations, seed { $seed }: the same table and settings give the same figures.
open-chart = On a list and estimated in total, by year, with the interval
stage-open = simulating populations
argument-open-columns = expected columns for person, list and year, or columns such as K.2015 with 0 and 1; found: { $columns }
argument-open-no-person = this table has years but no column for the person, so it does not show who is the same person in two years. The size of each year can be estimated (ijsberg estimate), and the sum of all years. How many different people there were, how many stay and how many enter cannot: the number of different people lies between the largest year and the sum. Add a column person with a pseudonym. Found: { $columns }
argument-open-twice = column { $column }: another column is for the same list and year
argument-open-blank = line { $line }, column { $column }: the cell is empty
argument-open-year = line { $line }, column { $column }: found { $value }; expected a year such as 2015 or a date such as 2015-03-31
argument-open-binary = line { $line }, column { $column }: found { $value }; expected 0 or 1
argument-open-count = line { $line }, column { $column }: found { $value }; expected a whole number of people
argument-open-few-years = { $found } years, and at least { $least } are needed: with fewer, the coverage of the lists cannot be checked against returns
argument-open-many-years = { $found } years, and at most { $most } are estimated together. Check the years
argument-open-many-lists = { $found } lists, and at most { $most } are estimated together. Join lists first
argument-open-name = the name { $name } is empty or used twice
argument-open-row = row { $row } does not fit the lists and years, or is on no list
argument-open-many-people = the counts add up to more than 2^53
argument-open-empty-year = no one is on a list in { $year }. Every year from the first to the last is needed
argument-open-one-list = only one list has people in { $year }. The size of a year is estimated from at least two
argument-open-no-year = the lists of { $year } overlap too little to estimate that year, or the model does not fit them
argument-open-no-returns = no one is on a list in more than one year. Either the same person is not recognised over the years, or all leave: staying cannot be estimated
argument-open-few-returns = { $found } people are listed up to { $from } and again from { $to }, and at least { $least } are needed. Try --staying same
argument-open-few-in-all = people returned { $found } times in all years together, and at least { $least } are needed
argument-open-not-settled = the estimate for all years together did not converge
argument-open-replicates = --replicates { $value }: expected 0, or a number from 50 to 100000
