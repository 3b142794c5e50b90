# The analysis of a table: the verdict and its reasons first, then all estimates side by side.

analysis <- function(answer, level, call) {
  raw <- answer$raw
  structure(
    list(
      raw = raw,
      estimates = estimates_of(raw$estimates),
      verdict = structure(
        list(
          verdict = raw$verdict$verdict,
          at_least = or_missing(raw$verdict$at_least),
          at_most = or_missing(raw$verdict$at_most),
          words = answer$verdict,
          conclusion = answer$conclusion,
          because = as.character(unlist(answer$because))
        ),
        class = "ijsberg_verdict"
      ),
      breakdown = if (!is.null(answer$breakdown)) read.csv(text = answer$breakdown, check.names = FALSE, encoding = "UTF-8"),
      warnings = as.character(unlist(answer$warned)),
      level = level,
      said = lapply(answer[c("short", "long", "html", "json")], pack),
      call = call
    ),
    class = "ijsberg"
  )
}

or_missing <- function(x) if (is.null(x)) NA_real_ else x

pack <- function(text) memCompress(charToRaw(enc2utf8(text)), "gzip")

unpacked <- function(x) {
  text <- rawToChar(memDecompress(x, "gzip"))
  Encoding(text) <- "UTF-8"
  text
}

estimates_of <- function(all) {
  number <- function(name) vapply(all, function(e) as.double(or_missing(e[[name]])), 0)
  text <- function(name) vapply(all, function(e) if (is.null(e[[name]])) NA_character_ else e[[name]], "")
  upper <- number("upper")
  upper[vapply(all, function(e) e$unbounded, NA)] <- Inf
  notes <- lapply(all, function(e) {
    vapply(as.list(e$notes), function(note) if (is.character(note)) note else names(note)[1L], "")
  })
  data.frame(
    method = text("method"),
    model = text("model"),
    outcome = text("outcome"),
    n_observed = number("n_observed"),
    n_hat = number("n_hat"),
    lower = number("lower"),
    upper = upper,
    level = number("level"),
    interval = text("interval"),
    aic = number("aic"),
    bic = number("bic"),
    deviance = number("deviance"),
    parameters = number("parameters"),
    notes = vapply(notes, paste, "", collapse = "; ")
  )
}

#' Show an analysis
#'
#' `print()` shows the verdict, what to check first and a line for each family of methods, as the command line does; `summary()` shows
#' each method with its interval, its model and its notes. `as.data.frame()` gives the estimates as a table, `tidy()` the same with the
#' names of \pkg{broom}, and `glance()` one row on the whole.
#'
#' @param x,object an analysis, of [mse()].
#' @param row.names,optional as for [as.data.frame()].
#' @param ... nothing else.
#' @return `print()` returns its argument. `summary()` returns an object that prints as the whole report. `as.data.frame()` returns a
#'   data frame with a row for each method: `n_hat` is the estimated number of people, on a list or on none, `NA` where `outcome` says
#'   why there is none; `upper` is infinite where the interval has no upper limit. `nobs()` returns the number of people on at least one
#'   list.
#' @examples
#' spina <- array(c(0, 60, 49, 4, 247, 112, 142, 12), dim = c(2, 2, 2))
#' found <- estimate(spina, methods = c("chao", "loglinear.best-bic"))
#' found
#' nobs(found)
#' if (requireNamespace("generics", quietly = TRUE)) generics::glance(found)
#' @export
print.ijsberg <- function(x, ...) {
  cat(in_r(unpacked(x$said$short)))
  print_warnings(x)
  invisible(x)
}

print_warnings <- function(x) for (w in x$warnings) cat(strwrap(in_r(w), 80, exdent = 2), sep = "\n")

#' @rdname print.ijsberg
#' @export
summary.ijsberg <- function(object, ...) structure(list(of = object), class = "summary.ijsberg")

#' @rdname print.ijsberg
#' @export
print.summary.ijsberg <- function(x, ...) {
  cat(in_r(unpacked(x$of$said$long)))
  print_warnings(x$of)
  invisible(x)
}

#' @rdname print.ijsberg
#' @export
as.data.frame.ijsberg <- function(x, row.names = NULL, optional = FALSE, ...) {
  frame <- x$estimates
  if (!is.null(row.names)) row.names(frame) <- row.names
  frame
}

#' @rdname print.ijsberg
#' @export
nobs.ijsberg <- function(object, ...) object$estimates$n_observed[1L]

#' @rdname print.ijsberg
#' @exportS3Method generics::tidy
tidy.ijsberg <- function(x, ...) {
  e <- x$estimates
  data.frame(
    method = e$method, model = e$model, estimate = e$n_hat, conf.low = e$lower, conf.high = e$upper, conf.level = e$level,
    interval = e$interval, outcome = e$outcome, AIC = e$aic, BIC = e$bic
  )
}

#' @rdname print.ijsberg
#' @exportS3Method generics::glance
glance.ijsberg <- function(x, ...) {
  data.frame(
    nobs = nobs.ijsberg(x),
    lists = if (is.null(x$raw$table)) NA_integer_ else length(x$raw$table$lists),
    verdict = x$verdict$verdict,
    at_least = x$verdict$at_least,
    at_most = x$verdict$at_most,
    methods = nrow(x$estimates)
  )
}

#' The parts of an analysis
#'
#' @param x an analysis, of [mse()].
#' @param file where the report goes.
#' @return `verdict()` returns what may be published: `verdict` (`"fit-to-publish"`, `"range-only"`, `"lower-bound-only"` or
#'   `"no-estimate"`), `at_least` and `at_most`, and in words the verdict, the `conclusion` (the number, how often such a verdict was
#'   right on populations of known size, and what it assumes) and `because`, why it is no better. `diagnostics()` returns a list
#'   of what to check first. `breakdown()` returns sizes by covariates as a data frame, or `NULL`. `report()` writes one page of HTML
#'   and returns its path. `as_json()` returns all of it, as the command line writes it with `--json`; it takes what [nowcast()],
#'   [open_population()] and [delays()] return as well.
#' @examples
#' spina <- array(c(0, 60, 49, 4, 247, 112, 142, 12), dim = c(2, 2, 2))
#' found <- estimate(spina, methods = "loglinear.best-bic")
#' verdict(found)
#' verdict(found)$at_least
#' report(found, file.path(tempdir(), "spina.html"))
#' @name verdict
#' @export
verdict <- function(x) of_analysis(x)$verdict

of_analysis <- function(x, call = sys.call(-1L)) {
  if (!inherits(x, "ijsberg")) refuse("x", "expected what mse() or estimate() returns", call = call)
  x
}

#' @export
print.ijsberg_verdict <- function(x, ...) {
  cat(x$words, "\n", sep = "")
  if (nzchar(x$conclusion)) cat(strwrap(x$conclusion, 80), sep = "\n")
  for (why in x$because) cat(strwrap(why, 80, initial = "- ", exdent = 2), sep = "\n")
  invisible(x)
}

#' @rdname verdict
#' @export
diagnostics <- function(x) of_analysis(x)$raw$diagnostics

#' @rdname verdict
#' @export
breakdown <- function(x) of_analysis(x)$breakdown

#' @rdname verdict
#' @export
report <- function(x, file) {
  page <- unpacked(of_analysis(x)$said$html)
  if (missing(file)) refuse("file", "expected where the report goes, such as \"report.html\"", call = sys.call())
  file <- as_text(file, "file", sys.call())
  tryCatch(
    suppressWarnings(writeLines(page, file, sep = "", useBytes = TRUE)),
    error = function(e) refuse("file", paste0("cannot write ", file, ": ", conditionMessage(e)))
  )
  invisible(file)
}

#' @rdname verdict
#' @export
as_json <- function(x) {
  if (!inherits(x, "ijsberg_figures")) of_analysis(x)
  unpacked(x$said$json)
}
