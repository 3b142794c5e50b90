# Tables from wherever they are, as the bytes of a file; what is a file already stays as it is.

table_bytes <- function(table, argument, call) {
  if (is.raw(table)) return(table)
  if (inherits(table, "ijsberg_linkage")) return(charToRaw(table$draws_csv))
  if (is.character(table) && is.null(dim(table))) return(file_bytes(table, argument, call))
  csv_bytes(as_table(table, argument, call), argument, call)
}

file_bytes <- function(path, argument, call) {
  if (length(path) != 1L || is.na(path)) {
    refuse(argument, "expected one path, or a data frame, a matrix or an array", "table", call)
  }
  if (!file.exists(path) || dir.exists(path)) refuse(argument, paste0("there is no file ", path), "table", call)
  tryCatch(
    readBin(path, "raw", file.size(path)),
    error = function(e) refuse(argument, paste0("cannot read ", path, ": ", conditionMessage(e)), "table", call)
  )
}

# What other packages call a table, as a data frame.
as_table <- function(x, argument, call) {
  if (is.data.frame(x)) return(from_words(x))
  if (is.matrix(x) && !inherits(x, "table")) return(from_matrix(x, argument, call))
  if (is.array(x)) {
    if (is.null(names(dimnames(x))) || all_pairs(x)) return(from_array(x, argument, call))
    return(from_words(as.data.frame(x, responseName = "count", stringsAsFactors = TRUE)))
  }
  if (is.list(x) && length(x) > 0L && !is.null(names(x))) {
    if (length(unique(lengths(x))) != 1L) refuse(argument, "the columns have different lengths", "table", call)
    return(from_words(as.data.frame(x, optional = TRUE, stringsAsFactors = FALSE)))
  }
  refuse(argument, "expected a data frame, a matrix, an array, a path or bytes of a file", "table", call)
}

# Whether every dimension is a list: not on it, on it.
all_pairs <- function(x) {
  off <- c("0", "un", "no", "FALSE")
  on <- c("1", "obs", "yes", "TRUE")
  pair <- function(levels) length(levels) == 2L && levels[1L] %in% off && levels[2L] %in% on
  all(dim(x) == 2L) && (is.null(dimnames(x)) || all(vapply(dimnames(x), function(l) is.null(l) || pair(l), NA)))
}

list_names <- function(n) if (n <= 26L) LETTERS[seq_len(n)] else paste0("L", seq_len(n))

# The words of conting for on a list and not; the cell that nobody observed is no row.
from_words <- function(x) {
  words <- function(column) {
    values <- if (is.factor(column)) levels(column) else if (is.character(column)) unique(column) else NULL
    length(values) > 0L && all(values %in% c("un", "obs"))
  }
  lists <- vapply(x, words, NA)
  if (!any(lists)) return(x)
  x[lists] <- lapply(x[lists], function(column) as.integer(as.character(column) == "obs"))
  seen <- rowSums(x[lists]) > 0
  numbers <- vapply(x, is.numeric, NA) & !lists
  unknown <- rowSums(is.na(x[numbers])) > 0
  x[is.na(seen) | seen | !unknown, , drop = FALSE]
}

from_matrix <- function(x, argument, call, counted = NULL) {
  if (ncol(x) < 2L) refuse(argument, "expected at least two columns: a list each", "table", call)
  named <- colnames(x)
  binary <- function(column) all(column %in% c(0, 1, NA)) || all(column %in% c("0", "1", NA))
  if (is.null(counted)) counted <- !binary(x[, ncol(x)])
  frame <- as.data.frame(x, stringsAsFactors = FALSE)
  if (is.null(named)) {
    lists <- ncol(x) - counted
    names(frame) <- c(list_names(lists), if (counted) "count")
  }
  from_words(frame)
}

from_array <- function(x, argument, call, lists = NULL) {
  if (!is.numeric(x)) refuse(argument, "expected numbers of people", "table", call)
  if (is.null(dim(x))) {
    n <- log2(length(x))
    if (n != floor(n) || n < 2) {
      refuse(argument, "expected 2^n numbers, the first for people on none of n lists", "table", call)
    }
    dim(x) <- rep(2L, n)
  }
  if (!all(dim(x) == 2L)) refuse(argument, "expected an array with two cells for each list: not on it, on it", "table", call)
  n <- length(dim(x))
  if (is.null(lists)) lists <- names(dimnames(x))
  if (is.null(lists)) lists <- list_names(n)
  if (length(lists) != n) refuse("lists", sprintf("expected %d names", n), call = call)
  cells <- expand.grid(setNames(rep(list(0:1), n), lists))
  cells$count <- as.vector(x)
  # Nobody knows how many are on no list, whatever stands there.
  cells[-1L, , drop = FALSE]
}

csv_bytes <- function(x, argument, call) {
  if (ncol(x) == 0L) refuse(argument, "the table has no columns", "table", call)
  columns <- lapply(seq_along(x), function(i) csv_column(x[[i]], names(x)[i], argument, call))
  lines <- do.call(paste, c(columns, sep = ","))
  charToRaw(paste0(paste(c(paste(csv_quoted(names(x)), collapse = ","), lines), collapse = "\n"), "\n"))
}

csv_quoted <- function(x) paste0("\"", gsub("\"", "\"\"", enc2utf8(x), fixed = TRUE), "\"")

csv_column <- function(x, name, argument, call) {
  if (!is.null(dim(x)) && length(dim(x)) > 1L || is.list(x) && !inherits(x, "POSIXlt")) {
    refuse(argument, paste0("column ", name, ": expected a value in each row, not a table or a list"), "table", call)
  }
  text <- if (is.factor(x) || is.character(x)) {
    csv_quoted(as.character(x))
  } else if (is.logical(x)) {
    as.character(as.integer(x))
  } else if (inherits(x, c("Date", "POSIXt", "difftime"))) {
    csv_quoted(format(x))
  } else if (is.numeric(x)) {
    csv_number(x, name, argument, call)
  } else {
    csv_quoted(as.character(x))
  }
  ifelse(is.na(x), "", text)
}

# As few digits as give the same number back.
csv_number <- function(x, name, argument, call) {
  x <- as.double(x)
  wrong <- which(is.infinite(x) | is.nan(x))
  if (length(wrong) > 0L) {
    said <- sprintf("row %d, column %s: found %s; expected a number or NA", wrong[1L], name, format(x[wrong[1L]]))
    refuse(argument, said, "table", call)
  }
  whole <- !is.na(x) & x == floor(x) & abs(x) < 2^53
  text <- sprintf("%.15g", x)
  more <- !is.na(x) & suppressWarnings(as.double(text)) != x
  text[more] <- sprintf("%.17g", x[more])
  text[whole] <- sprintf("%.0f", x[whole])
  text
}
