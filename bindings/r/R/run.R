# What is asked goes to the library as JSON with the tables behind it; the answer is a serialised value of R.

json_text <- function(x) {
  if (length(x) == 0L) return(character())
  x <- enc2utf8(x)
  x <- gsub("\\", "\\\\", x, fixed = TRUE)
  x <- gsub("\"", "\\\"", x, fixed = TRUE)
  for (code in c(1:31, 127L)) {
    sign <- intToUtf8(code)
    if (any(grepl(sign, x, fixed = TRUE))) x <- gsub(sign, sprintf("\\u%04x", code), x, fixed = TRUE)
  }
  paste0("\"", x, "\"")
}

json_texts <- function(x) paste0("[", paste(json_text(x), collapse = ","), "]")
json_number <- function(x) sprintf("%.17g", x)
json_numbers <- function(x) paste0("[", paste(json_number(x), collapse = ","), "]")
json_flag <- function(x) if (x) "true" else "false"
json_maybe <- function(x, write) if (is.null(x)) "null" else write(x)
json_object <- function(...) {
  parts <- c(...)
  paste0("{", paste0(json_text(names(parts)), ":", parts, collapse = ","), "}")
}

# How the columns of a table are read.
reading_parts <- function(lists, count, ignore, covariates, thousands, hidden, absent, overlaps, blanks, sheet, call) {
  texts <- function(x, argument) json_texts(as_texts(x, argument, call))
  text <- function(x, argument) json_maybe(as_text(x, argument, call), json_text)
  counts <- function(x, argument) json_maybe(as_range(x, argument, call, whole = TRUE), json_numbers)
  c(
    lists = texts(lists, "lists"),
    count = text(count, "count"),
    ignore = texts(ignore, "ignore"),
    covariates = texts(covariates, "covariates"),
    thousands = text(thousands, "thousands"),
    hidden = counts(hidden, "hidden"),
    absent = counts(absent, "absent"),
    overlaps = text(overlaps, "overlaps"),
    blanks = text(blanks, "blanks"),
    sheet = text(sheet, "sheet")
  )
}

as_reading <- function(...) json_object(reading_parts(...))

threads <- function(call) as_whole(getOption("ijsberg.threads", 0), "options(ijsberg.threads)", call)

# Runs beside R, which looks for Ctrl-C fifty times a second; leaving tells the library to stop.
run <- function(task, asked, tables = list(), call = NULL) {
  lengths <- vapply(tables, length, 0)
  head <- json_object(
    tables = json_numbers(lengths),
    threads = json_number(threads(call)),
    task = if (is.null(asked)) json_text(task) else json_object(setNames(asked, task))
  )
  job <- .Call(ijsberg_start, do.call(c, c(list(charToRaw(head), as.raw(0L)), unname(tables))))
  done <- FALSE
  on.exit(if (!done) .Call(ijsberg_stop, job))
  repeat {
    answer <- .Call(ijsberg_wait, job, 20L)
    if (!is.null(answer)) break
    Sys.sleep(0.001)
  }
  done <- TRUE
  answer <- unserialize(answer)
  if (!is.null(answer$refused)) {
    message <- answer$message
    if (answer$refused == "fault") {
      message <- paste0("this is a fault of ijsberg, not of the table; please report it: ", message)
    }
    refuse(answer$argument, message, answer$refused, call)
  }
  answer
}

# Names and defaults of all settings of estimate(), for the tests of this package.
known_settings <- function() run("settings", NULL, call = sys.call())

#' Methods that can be named
#'
#' @return A data frame with the name of each method, whether it runs only where it is named or `thorough = TRUE`, and whether it
#'   takes covariates.
#' @examples
#' head(mse_methods())
#' @export
mse_methods <- function() {
  all <- run("methods", NULL, call = sys.call())
  data.frame(method = all$method, thorough = all$thorough, covariates = all$covariates)
}
