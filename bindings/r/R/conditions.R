# Conditions have a class each and name the argument; nobody has to read the words to know what happened.

refuse <- function(argument, message, kind = "argument", call = NULL) {
  said <- in_r(message)
  # Where the message begins with the argument, it is not said twice.
  named <- is.null(argument) || startsWith(said, paste0("`", argument, "`"))
  stop(structure(
    class = c(paste0("ijsberg_", kind, "_error"), "ijsberg_error", "error", "condition"),
    list(message = if (named) said else paste0("`", argument, "`: ", said), call = call, argument = argument)
  ))
}

# What is said of the command line's options is said of arguments.
in_r <- function(said) {
  said <- gsub("--all", "summary()", said, fixed = TRUE)
  said <- gsub("(ijsberg estimate)", "(estimate())", said, fixed = TRUE)
  said <- gsub("--([a-z]+) (above|all|missing|exact|nested|point|comma|same)\\b", "`\\1 = \"\\2\"`", said)
  said <- gsub("--(hidden|absent) ([0-9]+)-([0-9]+)", "`\\1 = c(\\2, \\3)`", said)
  options <- gregexpr("--[a-z]+(-[a-z]+)*", said)
  regmatches(said, options) <- lapply(regmatches(said, options), function(found) {
    if (length(found) == 0L) return(character())
    paste0("`", gsub("-", "_", sub("^--", "", found), fixed = TRUE), "`")
  })
  said
}

# Arguments ----------------------------------------------------------------------------------------------------------------------

as_texts <- function(x, argument, call) {
  if (is.null(x)) return(character())
  if (is.factor(x)) x <- as.character(x)
  if (!is.character(x) || anyNA(x)) refuse(argument, "expected text, such as c(\"A\", \"B\")", call = call)
  x
}

as_text <- function(x, argument, call) {
  if (is.null(x)) return(NULL)
  if (!is.character(x) || length(x) != 1L || is.na(x)) refuse(argument, "expected one text", call = call)
  x
}

one_text <- function(x, argument, call) {
  if (is.null(x)) refuse(argument, "expected one text", call = call)
  as_text(x, argument, call)
}

as_flag <- function(x, argument, call) {
  if (!is.logical(x) || length(x) != 1L || is.na(x)) refuse(argument, "expected TRUE or FALSE", call = call)
  x
}

as_number <- function(x, argument, call) {
  if (!is.numeric(x) || length(x) != 1L || !is.finite(x)) refuse(argument, "expected one number", call = call)
  as.double(x)
}

as_whole <- function(x, argument, call, least = 0) {
  if (!is.numeric(x) || length(x) != 1L || !is.finite(x) || x != floor(x) || x < least || x > 2^53) {
    refuse(argument, sprintf("expected one whole number from %d", least), call = call)
  }
  as.double(x)
}

as_range <- function(x, argument, call, whole = FALSE) {
  if (is.null(x)) return(NULL)
  ok <- is.numeric(x) && length(x) == 2L && all(is.finite(x)) && all(x >= 0) && x[1L] <= x[2L]
  if (ok) ok <- if (whole) all(x == floor(x)) && x[2L] < 2^32 else x[2L] < 1
  if (!ok) {
    what <- if (whole) "two whole numbers, the least first, such as c(1, 4)" else "two shares from 0 to below 1, the least first, such as c(0.02, 0.08)"
    refuse(argument, paste("expected", what), call = call)
  }
  as.double(x)
}

as_share <- function(x, argument, call) {
  if (!is.numeric(x) || length(x) != 1L || !is.finite(x) || x < 0 || x >= 1) {
    refuse(argument, "expected a share from 0 to below 1, such as 0.05", call = call)
  }
  as.double(x)
}

# So many numbers; whole ones from 0 where that is asked.
as_numbers <- function(x, argument, call, n, whole = FALSE) {
  if (is.null(x)) return(NULL)
  ok <- is.numeric(x) && length(x) == n && all(is.finite(x))
  if (ok && whole) ok <- all(x == floor(x) & x >= 0 & x <= 2^53)
  if (!ok) refuse(argument, sprintf("expected %d %s", n, if (whole) "whole numbers from 0" else "numbers"), call = call)
  as.double(x)
}

# Covariates with degrees: c(year = 2), or "year=2".
as_degrees <- function(x, argument, call) {
  if (is.numeric(x) && !is.null(names(x)) && all(is.finite(x))) x <- paste0(names(x), "=", x)
  if (!is.null(x) && !is.character(x)) refuse(argument, "expected degrees by covariate, such as c(year = 2)", call = call)
  as_texts(x, argument, call)
}

# Estimates from elsewhere: a list of them, one alone, or a data frame with a row each.
as_evidence <- function(x, call) {
  if (is.data.frame(x)) x <- lapply(seq_len(nrow(x)), function(i) as.list(x[i, , drop = FALSE]))
  if (is.list(x) && !is.null(names(x))) x <- list(x)
  ok <- is.null(x) || is.list(x) && all(vapply(x, function(one) is.list(one) && !is.null(names(one)), NA))
  if (!ok) {
    example <- "list(list(name = \"Survey\", kind = \"survey\", estimate = 2200, lower = 1700, upper = 2850))"
    refuse("evidence", paste("expected a list of estimates, such as", example), call = call)
  }
  paste0("[", paste(vapply(seq_along(x), function(place) evidence_json(x[[place]], place, call), ""), collapse = ","), "]")
}

evidence_json <- function(given, place, call) {
  wrong <- function(said) refuse("evidence", sprintf("estimate %d: %s", place, said), call = call)
  known <- c("name", "kind", "source", "year", "estimate", "lower", "upper", "level")
  unknown <- setdiff(names(given), known)
  if (length(unknown) > 0L) wrong(sprintf("there is no %s; expected %s", unknown[1L], paste(known, collapse = ", ")))
  there <- function(name) length(given[[name]]) == 1L && !is.na(given[[name]])
  for (name in c("name", "kind", "estimate")) if (!there(name)) wrong(paste(name, "is missing"))
  text <- function(name) json_text(if (there(name)) as.character(given[[name]]) else "")
  number <- function(name) {
    if (!there(name)) return("null")
    value <- given[[name]]
    if (!is.numeric(value) || !is.finite(value)) wrong(paste(name, "is no number"))
    json_number(value)
  }
  json_object(
    name = text("name"), kind = text("kind"), source = text("source"), year = text("year"),
    estimate = number("estimate"), lower = number("lower"), upper = number("upper"), level = number("level")
  )
}
