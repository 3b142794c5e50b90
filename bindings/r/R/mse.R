#' Estimate the size of a population from who is on which lists
#'
#' `estimate()` takes a table whole and finds out what its columns are; `mse()` does the same, or takes a formula that says it.
#'
#' @param table,x capture histories: columns of 0 and 1 for lists, a count, and covariates if there are any; or draws of a linkage. A
#'   data frame with a row for each person or for each combination, a matrix, an array or table with two cells for each list, the path
#'   of a CSV, Excel or Parquet file, the bytes of such a file, or what [link()] returns. What \pkg{Rcapture}, \pkg{SparseMSE},
#'   \pkg{LCMCR}, \pkg{dga} and \pkg{conting} take is taken as it is; see [from]. Or, for `mse()`, a formula.
#' @param data a data frame with a column for each name in the formula.
#' @param lists columns that are lists; detected if none are given.
#' @param count the column that holds numbers of people.
#' @param ignore columns to leave out.
#' @param covariates columns that are covariates, although they look like lists or counts.
#' @param thousands the thousands separator, `"point"` or `"comma"`; detected if it is not given.
#' @param hidden the range of counts that are suppressed by a mark such as `*`, such as `c(1, 4)`.
#' @param absent the range of counts of combinations of lists that are not in a table of counts: `c(0, 0)` if nobody is on them.
#' @param overlaps whether a number for a combination of lists counts the people on these lists only (`"exact"`) or also those on more
#'   (`"nested"`).
#' @param blanks what blank cells below a value mean: the value above them (`"above"`) or a missing one (`"missing"`).
#' @param sheet the sheet of a workbook, where several contain a table.
#' @param by covariates to break the estimate down by; all if none are given, `"none"` for no breakdown.
#' @param inactive where a list did not operate, such as `"K:year=2015"`.
#' @param methods the methods to run, of those that [mse_methods()] names; the usual ones if none are given.
#' @param models hierarchical models, such as `"[PZ,PR,O]"`.
#' @param thorough whether slow methods run as well.
#' @param level the confidence level of the intervals.
#' @param replicates bootstrap replicates.
#' @param seed the seed of all random numbers; that of the command line if it is not given, so that both give the same numbers.
#' @param over_coverage smallest and largest share of the people on the lists who do not belong to the population.
#' @param missed_links share of the links between a person's entries that were missed; the lower bound takes it into account.
#' @param population inhabitants by covariates, for rates: a table like `table`.
#' @param numeric covariates that are numbers, which the doubly robust methods take as they are.
#' @param small_groups whether small groups are estimated too: each takes from the others as much as they are alike, and has a verdict of
#'   its own, in `raw$covariates$small_groups`.
#' @param identifying lists, at least two, that have no interaction of all of them together among people with the same covariates who are
#'   on none of the other lists.
#' @param learner how the probabilities of these lists depend on covariates that are numbers: `"logistic"` (if it is not given) or
#'   `"spline"`.
#' @param evidence estimates from elsewhere to put beside this one: a list of lists, or a data frame, with `name`, `kind`, `estimate` and,
#'   where known, `source`, `year`, `lower`, `upper` and `level`. They are compared in `raw$evidence`.
#' @param threshold p-value below which the stepwise rule adds an interaction.
#' @param interval how intervals of log-linear methods are made: `"auto"` (profile likelihood for given models, BCa with re-selection for
#'   chosen ones), `"profile"`, `"wald"`, `"percentile"`, `"bca"` or `"parametric"`.
#' @param reselect among which models a replicate selects again: `"all"` or `"shortlist"`; all up to five lists if it is not given.
#' @param polynomial covariates that enter the models with covariates as polynomials, with their degrees from 1 to 8, such as `c(year = 2)`.
#' @param order largest terms of these models: `"two"` (two lists, or a list and a covariate) or `"three"` (one list or covariate more).
#' @param criterion where the search among these models ends: at the best `"bic"` or, going on from there, at the best `"aic"`.
#' @param average whether to average over the models near the chosen one.
#' @param breakdown_replicates bootstrap replicates that select again among these models.
#' @param anchor a list that was drawn at random from the whole population, which the table cannot show. The verdict then rests on it.
#' @param anchor_share the share of the population that was drawn for that list, if it is known.
#' @param anchor_people the number of people from whom that list was drawn, including those on other lists; with `anchor_cleared`.
#' @param anchor_cleared how many of the people drawn are on no list and were found not to belong to the population.
#' @param anchor_check sensitivity and specificity of the check of who belongs to the population, such as `c(0.95, 0.99)`.
#' @param anchor_trial results of a trial of that check: people who belong, those of them found, people who do not belong, those of them
#'   cleared.
#' @param language the language of what is said, `"en"` or `"nl"`.
#' @param ... for `mse()`, the arguments of `estimate()`.
#'
#' @details
#' In a formula, the numbers of people stand on the left, or nothing where each row is one person; on the right the lists, joined by
#' `+`, and after a `|` the covariates: `count ~ K + O + P | sex + year`. The formula says what columns mean; models are chosen by
#' `methods` or given by `models`.
#'
#' @return An object of class `ijsberg`, with methods for [print()], [summary()], [plot()], [as.data.frame()], [nobs()], and for
#'   `tidy()` and `glance()` of \pkg{generics} (and so of \pkg{broom}). [verdict()], [diagnostics()], [breakdown()], [report()] and
#'   [as_json()] give its parts.
#'
#' @section Errors:
#' All errors are conditions of class `ijsberg_error` with the name of the argument in `argument`: `ijsberg_argument_error` where an
#' argument is not what is expected, `ijsberg_table_error` where a table cannot be used, with line, column and what was expected. Lines
#' count from 1, the header included. What can be read in two ways is refused, with both readings and the argument that settles it.
#'
#' @examples
#' britain <- data.frame(
#'   LA = c(1, 0, 0, 1, 0, 1), NG = c(0, 1, 0, 1, 1, 1), PF = c(0, 0, 1, 0, 1, 1), count = c(54, 463, 907, 15, 56, 3)
#' )
#' found <- mse(count ~ LA + NG + PF, data = britain, methods = c("chao", "loglinear.independence"))
#' verdict(found)
#' as.data.frame(found)
#'
#' # What other packages take is taken as it is: the array of dga
#' spina <- array(c(0, 60, 49, 4, 247, 112, 142, 12), dim = c(2, 2, 2))
#' estimate(spina, methods = "loglinear.best-bic")
#'
#' # Conditions name the argument
#' tryCatch(estimate(spina, level = 2), ijsberg_argument_error = function(e) e$argument)
#' @export
estimate <- function(table, lists = NULL, count = NULL, ignore = NULL, covariates = NULL, thousands = NULL, hidden = NULL, absent = NULL,
                     overlaps = NULL, blanks = NULL, sheet = NULL, by = NULL, inactive = NULL, methods = NULL, models = NULL,
                     thorough = FALSE, level = 0.95, replicates = NULL, seed = 20171018, over_coverage = NULL, missed_links = 0,
                     population = NULL, numeric = NULL, small_groups = FALSE, identifying = NULL, learner = NULL, evidence = NULL,
                     threshold = 0.02, interval = "auto", reselect = NULL, polynomial = NULL, order = "two", criterion = "bic",
                     average = FALSE, breakdown_replicates = 200, anchor = NULL, anchor_share = NULL, anchor_people = NULL,
                     anchor_cleared = NULL, anchor_check = NULL, anchor_trial = NULL, language = getOption("ijsberg.language", "en")) {
  call <- sys.call()
  if (is.null(language)) refuse("language", "expected \"en\" or \"nl\"", call = call)
  texts <- function(x, argument) json_texts(as_texts(x, argument, call))
  text <- function(x, argument) json_maybe(as_text(x, argument, call), json_text)
  flag <- function(x, argument) json_flag(as_flag(x, argument, call))
  number <- function(x, argument) json_number(as_number(x, argument, call))
  whole <- function(x, argument) json_number(as_whole(x, argument, call))
  maybe <- function(x, argument, write) if (is.null(x)) "null" else write(x, argument)
  level <- as_number(level, "level", call)
  settings <- json_object(
    reading_parts(lists, count, ignore, covariates, thousands, hidden, absent, overlaps, blanks, sheet, call),
    by = texts(by, "by"),
    methods = texts(methods, "methods"),
    models = texts(models, "models"),
    level = json_number(level),
    replicates = maybe(replicates, "replicates", whole),
    seed = whole(seed, "seed"),
    threshold = number(threshold, "threshold"),
    interval = json_text(one_text(interval, "interval", call)),
    reselect = text(reselect, "reselect"),
    over_coverage = json_maybe(as_range(over_coverage, "over_coverage", call), json_numbers),
    missed_links = json_number(as_share(missed_links, "missed_links", call)),
    thorough = flag(thorough, "thorough"),
    small_groups = flag(small_groups, "small_groups"),
    identifying = texts(identifying, "identifying"),
    learner = text(learner, "learner"),
    numeric = texts(numeric, "numeric"),
    polynomial = json_texts(as_degrees(polynomial, "polynomial", call)),
    inactive = texts(inactive, "inactive"),
    order = json_text(one_text(order, "order", call)),
    criterion = json_text(one_text(criterion, "criterion", call)),
    average = flag(average, "average"),
    breakdown_replicates = whole(breakdown_replicates, "breakdown_replicates"),
    anchor = text(anchor, "anchor"),
    anchor_share = maybe(anchor_share, "anchor_share", number),
    anchor_people = maybe(anchor_people, "anchor_people", whole),
    anchor_cleared = maybe(anchor_cleared, "anchor_cleared", whole),
    anchor_check = json_maybe(as_numbers(anchor_check, "anchor_check", call, 2L), json_numbers),
    anchor_trial = json_maybe(as_numbers(anchor_trial, "anchor_trial", call, 4L, whole = TRUE), json_numbers),
    evidence = as_evidence(evidence, call)
  )
  asked <- json_object(
    input = json_text(input_name(table)),
    settings = settings,
    language = text(language, "language")
  )
  tables <- list(table_bytes(table, "table", call))
  if (!is.null(population)) tables <- c(tables, list(table_bytes(population, "population", call)))
  analysis(run("estimate", asked, tables, call), level, call)
}

# What a report calls the table.
input_name <- function(table) {
  if (is.character(table) && length(table) == 1L && is.null(dim(table))) basename(table) else "table"
}

#' @rdname estimate
#' @export
mse <- function(x, ...) UseMethod("mse")

#' @rdname estimate
#' @export
mse.default <- function(x, ...) {
  found <- estimate(x, ...)
  found$call <- sys.call()
  found
}

#' @rdname estimate
#' @export
mse.formula <- function(x, data, ...) {
  call <- sys.call()
  if (missing(data)) refuse("data", "expected a data frame with a column for each name in the formula", call = call)
  if (!is.data.frame(data)) data <- as_table(data, "data", call)
  said <- formula_parts(x, names(data), call)
  used <- unlist(said, use.names = FALSE)
  unknown <- setdiff(used, names(data))
  if (length(unknown) > 0L) {
    columns <- paste(names(data), collapse = ", ")
    refuse("x", sprintf("there is no column %s; the columns are: %s", paste(unknown, collapse = ", "), columns), call = call)
  }
  twice <- used[duplicated(used)]
  if (length(twice) > 0L) refuse("x", sprintf("column %s is named twice", twice[1L]), call = call)
  arguments <- list(...)
  wrong <- intersect(names(arguments), c("table", "lists", "count", "covariates", "ignore"))
  if (length(wrong) > 0L) refuse(wrong[1L], "the formula says it already", call = call)
  found <- do.call(estimate, c(
    list(data[used], lists = said$lists, count = said$count, covariates = said$covariates),
    arguments
  ))
  found$call <- call
  found
}

# Lists, count and covariates of `count ~ A + B | sex`.
formula_parts <- function(formula, columns, call) {
  sides <- as.list(formula)[-1L]
  count <- if (length(sides) == 2L) formula_names(sides[[1L]], character(), call)
  if (length(count) > 1L) refuse("x", "expected one column of numbers of people on the left", call = call)
  right <- sides[[length(sides)]]
  covariates <- NULL
  if (is.call(right) && identical(right[[1L]], as.name("|"))) {
    covariates <- formula_names(right[[3L]], columns, call)
    right <- right[[2L]]
  }
  lists <- formula_names(right, setdiff(columns, c(count, covariates)), call)
  if (!is.null(covariates) && "." %in% all.vars(formula)) covariates <- setdiff(covariates, c(count, lists))
  list(lists = lists, covariates = covariates, count = count)
}

formula_names <- function(side, others, call) {
  if (is.name(side)) return(if (identical(side, as.name(".")) && length(others) > 0L) others else as.character(side))
  if (is.call(side) && identical(side[[1L]], as.name("(")) ) return(formula_names(side[[2L]], others, call))
  if (is.call(side) && identical(side[[1L]], as.name("+")) && length(side) == 3L) {
    return(c(formula_names(side[[2L]], others, call), formula_names(side[[3L]], others, call)))
  }
  said <- paste0("found ", paste(deparse(side), collapse = " "), "; expected names of columns, joined by +, such as count ~ A + B | sex")
  refuse("x", said, call = call)
}
