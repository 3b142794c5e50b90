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
  said <- gsub("--([a-z]+) (above|missing|exact|nested|point|comma)\\b", "`\\1 = \"\\2\"`", said)
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
