#' Plot an analysis
#'
#' One line for each method that has an estimate, from the lower to the upper limit, on a logarithmic scale; an arrow where there is no
#' upper limit. The band is what the verdict allows; the dashed line is the number of people on at least one list. `autoplot()` draws the
#' same with \pkg{ggplot2}, where a line that reaches the edge has no upper limit.
#'
#' @param x,object an analysis, of [mse()].
#' @param methods the methods to show; all if none are given.
#' @param xlab,main titles.
#' @param ... passed on to [graphics::plot.default()]; `autoplot()` takes nothing else.
#' @return `plot()` returns the estimates that are shown, invisibly, as a data frame; `autoplot()` a plot of \pkg{ggplot2}, to which more
#'   can be added.
#' @examples
#' spina <- array(c(0, 60, 49, 4, 247, 112, 142, 12), dim = c(2, 2, 2))
#' plot(estimate(spina))
#' if (requireNamespace("ggplot2", quietly = TRUE)) ggplot2::autoplot(estimate(spina))
#' @export
plot.ijsberg <- function(x, methods = NULL, xlab = "people, on a list or on none", main = x$verdict$words, ...) {
  call <- sys.call()
  e <- to_draw(x, methods, "x", call)
  rows <- seq_len(nrow(e))
  seen <- nobs.ijsberg(x)
  far <- c(e$lower, e$upper, e$n_hat, seen)
  limits <- range(far[is.finite(far) & far > 0])
  before <- par(mar = c(4.5, min(18, 1 + max(nchar(e$method)) * 0.5), 3, 1))
  on.exit(par(before))
  plot.default(NA, xlim = limits, ylim = c(0.5, nrow(e) + 0.5), log = "x", yaxt = "n", xlab = xlab, ylab = "", main = main, ...)
  band <- c(x$verdict$at_least, x$verdict$at_most)
  if (is.finite(band[1L])) {
    high <- if (is.finite(band[2L])) band[2L] else limits[2L] * 10
    rect(band[1L], 0, high, nrow(e) + 1, col = adjustcolor("steelblue", 0.15), border = NA)
  }
  abline(v = seen, lty = 2)
  axis(2, at = rows, labels = e$method, las = 1, cex.axis = 0.7)
  open <- is.infinite(e$upper)
  with <- is.finite(e$lower)
  segments(pmax(e$lower, limits[1L])[with], rows[with], pmin(e$upper, limits[2L] * 10)[with], rows[with])
  points(rep(limits[2L], sum(open & with)), rows[open & with], pch = ">")
  points(e$n_hat, rows, pch = 19)
  invisible(e)
}

#' @rdname plot.ijsberg
#' @exportS3Method ggplot2::autoplot
autoplot.ijsberg <- function(object, methods = NULL, ...) {
  call <- sys.call()
  e <- to_draw(object, methods, "object", call)
  e$row <- seq_len(nrow(e))
  # Columns by name, since names without quotes look like variables that are nowhere.
  columns <- function(...) do.call(ggplot2::aes, lapply(list(...), as.name))
  band <- c(object$verdict$at_least, object$verdict$at_most)
  chart <- ggplot2::ggplot(e, columns(x = "n_hat", y = "row"))
  if (is.finite(band[1L])) {
    high <- if (is.finite(band[2L])) band[2L] else Inf
    chart <- chart + ggplot2::annotate("rect", xmin = band[1L], xmax = high, ymin = -Inf, ymax = Inf, fill = "steelblue", alpha = 0.15)
  }
  with <- e[is.finite(e$lower), , drop = FALSE]
  chart +
    ggplot2::geom_vline(xintercept = nobs.ijsberg(object), linetype = 2) +
    ggplot2::geom_segment(columns(x = "lower", xend = "upper", yend = "row"), data = with) +
    ggplot2::geom_point() +
    ggplot2::scale_x_log10() +
    ggplot2::scale_y_continuous(breaks = e$row, labels = e$method) +
    ggplot2::labs(x = "people, on a list or on none", y = NULL, title = object$verdict$words)
}

# The estimates that are drawn, the first of them last: it stands on top.
to_draw <- function(x, methods, argument, call) {
  e <- x$estimates[is.finite(x$estimates$n_hat), , drop = FALSE]
  if (!is.null(methods)) {
    unknown <- setdiff(methods, e$method)
    if (length(unknown) > 0L) refuse("methods", paste0("no estimate by ", paste(unknown, collapse = ", ")), call = call)
    e <- e[match(methods, e$method), , drop = FALSE]
  }
  if (nrow(e) == 0L) refuse(argument, "no method has an estimate, so that nothing can be drawn", call = call)
  e[rev(seq_len(nrow(e))), , drop = FALSE]
}
