#' Tables of other packages
#'
#' [mse()] and [estimate()] take what \pkg{Rcapture}, \pkg{SparseMSE}, \pkg{LCMCR}, \pkg{dga} and \pkg{conting} take, as it is. These
#' functions say what it is where that cannot be seen, and show how it is read.
#'
#' @param X a matrix or data frame of capture histories, as `closedp()` takes it.
#' @param dfreq whether the last column holds frequencies; otherwise each row is one person.
#' @param dtype `"hist"` for capture histories, `"nbcap"` for how often each person was seen.
#' @param zdat a matrix or data frame with a column of 0 and 1 for each list, and the number of people in the last.
#' @param captures a data frame with a factor for each list, as `lcmCR()` takes it.
#' @param tabular whether the last column holds the number of people; otherwise each row is one person.
#' @param in_list_label,not_in_list_label the labels for who is on a list and who is not.
#' @param Y an array with two cells for each list, or its `2^n` numbers, as `bma.cr()` takes it. The first number, of people on no list,
#'   is left aside.
#' @param lists names of the lists.
#' @param data a data frame with factors of the levels `un` and `obs`, as `bict()` takes it. Cells that nobody observed are left out.
#' @return A data frame with a column of 0 and 1 for each list, `count` where there are numbers of people, and covariates.
#' @examples
#' # dga: the three lists of Madigan and York
#' spina <- from_dga(c(0, 60, 49, 4, 247, 112, 142, 12), lists = c("L1", "L2", "L3"))
#' spina
#' # Rcapture: the last column holds frequencies
#' X <- matrix(c(1, 1, 167, 1, 0, 781, 0, 1, 254), byrow = TRUE, ncol = 3)
#' from_rcapture(X, dfreq = TRUE)
#' @name from
NULL

#' @rdname from
#' @export
from_rcapture <- function(X, dfreq = FALSE, dtype = c("hist", "nbcap")) {
  call <- sys.call()
  dfreq <- as_flag(dfreq, "dfreq", call)
  if (!identical(dtype, c("hist", "nbcap")) && !(length(dtype) == 1L && dtype %in% c("hist", "nbcap"))) {
    refuse("dtype", "expected \"hist\" or \"nbcap\"", call = call)
  }
  if (dtype[1L] == "nbcap") {
    X <- as.matrix(X)
    if (ncol(X) != 1L + dfreq) {
      refuse("X", sprintf("found %d columns; expected %d", ncol(X), 1L + dfreq), "table", call)
    }
    times <- as.vector(X[, 1L])
    if (!is.numeric(times)) refuse("X", "expected how often each person was seen", "table", call)
    freq <- if (dfreq) as.vector(X[, 2L]) else rep(1, length(times))
    counted <- tapply(freq, times, sum)
    frame <- data.frame(nbcap = as.numeric(names(counted)), freq = as.vector(counted))
    return(frame[frame$nbcap > 0, , drop = FALSE])
  }
  from_columns(X, "X", dfreq, call)
}

#' @rdname from
#' @export
from_sparsemse <- function(zdat) from_columns(zdat, "zdat", TRUE, sys.call())

#' @rdname from
#' @export
from_lcmcr <- function(captures, tabular = FALSE, in_list_label = "1", not_in_list_label = "0") {
  call <- sys.call()
  tabular <- as_flag(tabular, "tabular", call)
  if (!is.data.frame(captures)) refuse("captures", "expected a data frame", "table", call)
  lists <- seq_len(ncol(captures) - tabular)
  labels <- c(as.character(not_in_list_label), as.character(in_list_label))
  captures[lists] <- lapply(lists, function(i) {
    place <- match(as.character(captures[[i]]), labels) - 1L
    row <- which(is.na(place))[1L]
    if (!is.na(row)) {
      said <- sprintf("row %d, column %s: expected %s or %s", row, names(captures)[i], labels[1L], labels[2L])
      refuse("captures", said, "table", call)
    }
    place
  })
  if (tabular) names(captures)[ncol(captures)] <- "count"
  captures
}

#' @rdname from
#' @export
from_dga <- function(Y, lists = NULL) {
  call <- sys.call()
  from_array(Y, "Y", call, if (!is.null(lists)) as_texts(lists, "lists", call))
}

#' @rdname from
#' @export
from_conting <- function(data) {
  call <- sys.call()
  if (!is.data.frame(data)) refuse("data", "expected a data frame", "table", call)
  frame <- from_words(data)
  if (identical(frame, data)) refuse("data", "expected factors of the levels un and obs", "table", call)
  frame
}

from_columns <- function(x, argument, counted, call) {
  if (is.data.frame(x)) {
    if (ncol(x) < 2L + counted) refuse(argument, "expected at least two lists", "table", call)
    if (counted) names(x)[ncol(x)] <- "count"
    return(x)
  }
  if (!is.matrix(x)) refuse(argument, "expected a matrix or a data frame", "table", call)
  if (ncol(x) < 2L + counted) refuse(argument, "expected at least two lists", "table", call)
  frame <- from_matrix(x, argument, call, counted)
  if (counted) names(frame)[ncol(frame)] <- "count"
  frame
}
