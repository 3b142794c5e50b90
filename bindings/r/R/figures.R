# Figures in time: a year before its late list is in, people over several years, and counts that are not complete yet.

#' Estimate the last year before its late list is in
#'
#' One of the lists often comes a year after the others. This estimates the last year without it, from how it overlapped with the others
#' in earlier years. Each earlier year is estimated without its late list as well, so that the result says how wrong such a figure was.
#'
#' @param table as for [estimate()], with a column for the year. The arguments on how it is read are those of [estimate()] too.
#' @param late the list that comes late. What the last year already has of it is not used.
#' @param year the column with the year.
#' @param window from how many of the years before a year it is estimated, 1 to 50.
#' @param model a hierarchical model, such as `"[PZ,PR,O]"`; the best by BIC of all earlier years together if none is given.
#' @inheritParams estimate
#' @param replicates tables that are simulated for each year, 20 to 10,000.
#' @param seed the seed of all random numbers; that of the command line if it is not given, so that both give the same numbers.
#' @return An object of class `ijsberg_nowcast`, with methods for [print()] and [as.data.frame()]: a row for each earlier year and for the
#'   last, with the `preliminary` figure, its limits (`upper` is infinite where there is no upper limit), the `final` one of earlier years,
#'   the `error` (preliminary over final, less 1) and whether the limits `covered` it. `raw` has everything; [as_json()] as the command line
#'   writes it.
#' @examples
#' by_year <- expand.grid(A = 0:1, B = 0:1, Z = 0:1, year = 2019:2022)
#' by_year <- by_year[rowSums(by_year[1:3]) > 0, ]
#' by_year$count <- c(
#'   281, 183, 118, 180, 122, 81, 50, 276, 178, 125, 190, 115, 77, 53, 284, 181, 121, 186, 117, 80, 48, 401, 262, 175, 2, 1, 1, 0
#' )
#' found <- nowcast(by_year, late = "Z", year = "year", replicates = 20)
#' found
#' as.data.frame(found)
#' @export
nowcast <- function(table, late, year, window = 3, model = NULL, lists = NULL, count = NULL, ignore = NULL, covariates = NULL,
                    thousands = NULL, hidden = NULL, absent = NULL, overlaps = NULL, blanks = NULL, sheet = NULL, replicates = 200,
                    level = 0.95, seed = 20171018, language = getOption("ijsberg.language", "en")) {
  call <- sys.call()
  if (missing(late)) refuse("late", "expected the list that comes late, such as \"Z\"", call = call)
  if (missing(year)) refuse("year", "expected the column with the year, such as \"year\"", call = call)
  asked <- json_object(
    input = json_text(input_name(table)),
    late = json_text(one_text(late, "late", call)),
    year = json_text(one_text(year, "year", call)),
    window = json_number(as_whole(window, "window", call)),
    model = json_maybe(as_text(model, "model", call), json_text),
    reading = as_reading(lists, count, ignore, covariates, thousands, hidden, absent, overlaps, blanks, sheet, call),
    replicates = json_number(as_whole(replicates, "replicates", call)),
    level = json_number(as_number(level, "level", call)),
    seed = json_number(as_whole(seed, "seed", call)),
    language = json_text(one_text(language, "language", call))
  )
  answer <- run("nowcast", asked, list(table_bytes(table, "table", call)), call)
  figures("ijsberg_nowcast", answer, nowcast_frame(answer$raw$nowcast), call)
}

nowcast_frame <- function(found) {
  earlier <- found$replayed
  number <- function(name, last) c(numbers_of(earlier, name), or_missing(last))
  lower <- number("lower", found$lower)
  data.frame(
    year = c(texts_of(earlier, "year"), found$year),
    years_before = number("from", length(found$from)),
    seen = number("seen", found$seen),
    preliminary = number("preliminary", found$preliminary),
    lower = lower,
    upper = unbounded(number("upper", found$upper), lower),
    final = number("final", NULL),
    error = number("error", NULL),
    covered = c(flags_of(earlier, "covered"), NA)
  )
}

#' Estimate people over several years
#'
#' How many people there are in each year, how many different ones in all years, how many stay and how many are new, from lists over three
#' or more years on which a person is the same person.
#'
#' @param table columns `person`, `list` and `year` (or a date), a row for each notification; or a column of 0 and 1 for each list and year,
#'   such as `K.2015`, and perhaps `count`. The person is any pseudonym that is the same in all years. A data frame, a path or the bytes of
#'   a file.
#' @param staying whether the chance of staying differs between years (`"by-year"`) or not (`"same"`).
#' @param model a hierarchical model of the lists within a year, such as `"[PZ,PR,O]"`; the best by BIC of all years if none is given.
#' @param replicates populations that are simulated for the intervals, 50 to 100,000; 0 for no intervals.
#' @inheritParams nowcast
#' @return An object of class `ijsberg_open`, with methods for [print()] and [as.data.frame()]: a row for each year, with the people in it,
#'   the same from the lists of that year `alone`, those who `entered`, and the `coverage` of the lists. `people`, `person_years` and
#'   `years_each` are for all years together, `steps` has the chances of staying, and `raw` everything. Check `raw$open$agreement` first: where
#'   returns and the lists of a year conflict, the figures for all years together are wrong.
#' @examples
#' set.seed(1)
#' from <- sample(2015:2018, 600, TRUE)
#' to <- pmin(from + rgeom(600, 0.5), 2018)
#' seen <- do.call(rbind, lapply(seq_along(from), function(i) {
#'   on <- expand.grid(person = paste0("p", i), list = c("K", "P", "Z"), year = from[i]:to[i])
#'   on[runif(nrow(on)) < 0.4, ]
#' }))
#' found <- open_population(seen, replicates = 0)
#' found$people
#' as.data.frame(found)[c("year", "seen", "people", "entered")]
#' @export
open_population <- function(table, staying = "by-year", model = NULL, replicates = 400, level = 0.95, seed = 20171018,
                            language = getOption("ijsberg.language", "en")) {
  call <- sys.call()
  asked <- json_object(
    input = json_text(input_name(table)),
    staying = json_text(one_text(staying, "staying", call)),
    model = json_maybe(as_text(model, "model", call), json_text),
    replicates = json_number(as_whole(replicates, "replicates", call)),
    level = json_number(as_number(level, "level", call)),
    seed = json_number(as_whole(seed, "seed", call)),
    language = json_text(one_text(language, "language", call))
  )
  answer <- run("open", asked, list(table_bytes(table, "table", call)), call)
  found <- answer$raw$open
  figures(
    "ijsberg_open", answer, open_frame(found$years), call,
    people = figure(found$people), person_years = figure(found$person_years), years_each = figure(found$years_each),
    steps = steps_frame(found$steps)
  )
}

figure <- function(x) c(estimate = x$estimate, lower = or_missing(x$interval$lower), upper = or_missing(x$interval$upper))

# The columns of a figure: its estimate and its limits.
figure_columns <- function(all, name) {
  columns <- as.data.frame(do.call(rbind, lapply(all, function(x) figure(x[[name]]))))
  names(columns) <- c(name, paste0(name, c("_lower", "_upper")))
  columns
}

open_frame <- function(years) {
  data.frame(
    year = texts_of(years, "year"),
    seen = numbers_of(years, "seen"),
    new = numbers_of(years, "new"),
    lists = numbers_of(years, "lists"),
    lapply(c("people", "alone", "entered", "coverage"), function(name) figure_columns(years, name))
  )
}

steps_frame <- function(steps) {
  data.frame(
    from = texts_of(steps, "from"),
    to = texts_of(steps, "to"),
    returns = numbers_of(steps, "returns"),
    figure_columns(steps, "staying")
  )
}

#' Complete counts that are not complete yet
#'
#' Completes counts by month with the registrations that are still to come, says which months are final, and measures the error of such
#' figures on earlier months.
#'
#' @param table a row for each registration with two dates (`2016-05-31` or `2016-05`), or counts in columns `month`, `delay` (in months) and
#'   `count`. A data frame, a path or the bytes of a file.
#' @param happened the column with the day something happened.
#' @param registered the column with the day it was registered.
#' @param most months after which a count is final, 1 to 60.
#' @param since the first month, such as `"2014-01"`; that of the first registration if it is not given.
#' @param until the last month with all its registrations; that of the last registration if it is not given.
#' @param replicates tables that are simulated, 100 to 100,000.
#' @inheritParams nowcast
#' @return An object of class `ijsberg_delays`, with methods for [print()] and [as.data.frame()]: a row for each month, with what is
#'   `registered`, the `expected` final count with its limits, and whether it is `final`. `years` has the same by year, and `raw` everything.
#' @examples
#' month <- sprintf("%d-%02d", rep(2014:2015, each = 12), 1:12)
#' counts <- expand.grid(month = month, delay = 0:2, stringsAsFactors = FALSE)
#' counts$count <- c(30, 15, 5)[counts$delay + 1] + seq_len(nrow(counts)) %% 4
#' counts <- counts[match(counts$month, month) + counts$delay <= 24, ]
#' found <- delays(counts, most = 2, replicates = 100)
#' tail(as.data.frame(found), 3)
#' found$years
#' @export
delays <- function(table, happened = "happened", registered = "registered", most = 12, since = NULL, until = NULL, replicates = 1000,
                   level = 0.95, seed = 20171018, language = getOption("ijsberg.language", "en")) {
  call <- sys.call()
  text <- function(x, argument) json_maybe(as_text(x, argument, call), json_text)
  asked <- json_object(
    input = json_text(input_name(table)),
    happened = json_text(one_text(happened, "happened", call)),
    registered = json_text(one_text(registered, "registered", call)),
    most = json_number(as_whole(most, "most", call)),
    since = text(since, "since"),
    until = text(until, "until"),
    replicates = json_number(as_whole(replicates, "replicates", call)),
    level = json_number(as_number(level, "level", call)),
    seed = json_number(as_whole(seed, "seed", call)),
    language = json_text(one_text(language, "language", call))
  )
  answer <- run("delays", asked, list(table_bytes(table, "table", call)), call)
  found <- answer$raw$delays
  months <- data.frame(
    month = texts_of(found$months, "month"),
    age = numbers_of(found$months, "age"),
    counts_frame(found$months),
    share = numbers_of(found$months, "share")
  )
  years <- data.frame(
    year = numbers_of(found$years, "year"),
    months = numbers_of(found$years, "months"),
    counts_frame(found$years)
  )
  figures("ijsberg_delays", answer, months, call, years = years)
}

counts_frame <- function(all) {
  lower <- numbers_of(all, "lower")
  data.frame(
    final = flags_of(all, "final"),
    registered = numbers_of(all, "registered"),
    expected = numbers_of(all, "expected"),
    lower = lower,
    upper = unbounded(numbers_of(all, "upper"), lower)
  )
}

# What they have in common -------------------------------------------------------------------------------------------------------

figures <- function(class, answer, rows, call, ...) {
  structure(
    list(
      raw = answer$raw,
      figures = rows,
      ...,
      warnings = as.character(unlist(answer$warned)),
      said = lapply(answer[c("said", "json")], pack),
      call = call
    ),
    class = c(class, "ijsberg_figures")
  )
}

numbers_of <- function(all, name) vapply(all, function(x) as.double(or_missing(x[[name]])), 0)
texts_of <- function(all, name) vapply(all, function(x) as.character(x[[name]]), "")
flags_of <- function(all, name) vapply(all, function(x) if (is.null(x[[name]])) NA else x[[name]], NA)

# Where there is a lower limit and no upper one, the upper one is infinite.
unbounded <- function(upper, lower) ifelse(is.na(upper) & !is.na(lower), Inf, upper)

#' Show figures in time
#'
#' `print()` shows the report, as the command line does; `as.data.frame()` gives the figures as a table.
#'
#' @param x what [nowcast()], [open_population()] or [delays()] returned.
#' @param row.names,optional as for [as.data.frame()].
#' @param ... nothing else.
#' @return `print()` returns its argument, `as.data.frame()` a data frame with a row for each year or month.
#' @examples
#' counts <- data.frame(month = sprintf("2015-%02d", 1:12), delay = 0, count = c(31, 28, 33, 30, 29, 32, 30, 31, 28, 30, 33, 29))
#' found <- delays(counts, most = 1, replicates = 100)
#' found
#' head(as.data.frame(found))
#' @export
print.ijsberg_figures <- function(x, ...) {
  cat(in_r(unpacked(x$said$said)))
  print_warnings(x)
  invisible(x)
}

#' @rdname print.ijsberg_figures
#' @export
as.data.frame.ijsberg_figures <- function(x, row.names = NULL, optional = FALSE, ...) {
  frame <- x$figures
  if (!is.null(row.names)) row.names(frame) <- row.names
  frame
}
