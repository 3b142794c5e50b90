# What an analysis gives, and that it is one table however it is written.
library(ijsberg)
options(ijsberg.threads = 2)

path <- system.file("extdata", "britain-2013.csv", package = "ijsberg")
britain <- read.csv(path)
usual <- c("loglinear.stepwise", "loglinear.best-bic", "loglinear.independence", "chao")
quick <- function(...) estimate(..., methods = usual, replicates = 20)
numbers <- function(x) as.data.frame(x)

found <- quick(path)
e <- numbers(found)
stopifnot(
  inherits(found, "ijsberg"),
  identical(sort(e$method), sort(usual)),
  # The published stepwise rule: 11,313.
  abs(e$n_hat[e$method == "loglinear.stepwise"] - 11312.99) < 0.01,
  all(e$n_observed == 2744), nobs(found) == 2744,
  all(e$lower < e$n_hat & e$n_hat < e$upper)
)

# One table: path, bytes, data frame, matrix with names, list of columns, person by person, logical, factors, another order of rows.
people <- britain[rep(seq_len(nrow(britain)), britain$count), 1:5]
logical <- cbind(britain[1:5] == 1, count = britain$count)
factors <- britain
factors[1:5] <- lapply(factors[1:5], factor)
same <- list(
  readBin(path, "raw", file.size(path)), britain, as.matrix(britain), as.list(britain), people, as.matrix(people), logical, factors,
  britain[nrow(britain):1, ]
)
for (table in same) stopifnot(identical(numbers(quick(table)), e))

# The formula says what columns mean.
stopifnot(
  identical(numbers(mse(count ~ LA + NG + PFNCA + GO + GP, britain, methods = usual, replicates = 20)), e),
  identical(numbers(mse(count ~ ., britain, methods = usual, replicates = 20)), e),
  identical(numbers(mse(~ LA + NG + PFNCA + GO + GP, people, methods = usual, replicates = 20)), e),
  identical(numbers(mse(britain, methods = usual, replicates = 20)), e)
)

# The verdict before the number.
v <- verdict(found)
stopifnot(
  inherits(v, "ijsberg_verdict"), v$verdict %in% c("fit-to-publish", "range-only", "lower-bound-only", "no-estimate"),
  nzchar(v$words), nzchar(v$conclusion), v$at_least > 2744, is.list(diagnostics(found)),
  any(grepl(v$words, capture.output(print(found)), fixed = TRUE)),
  any(grepl("loglinear.stepwise", capture.output(print(summary(found))), fixed = TRUE)),
  !any(grepl("--", capture.output(print(found)), fixed = TRUE))
)
dutch <- quick(path, language = "nl")
stopifnot(identical(numbers(dutch), e), verdict(dutch)$words != v$words)

# Results survive being saved.
file <- tempfile(fileext = ".rds")
saveRDS(found, file)
stopifnot(identical(capture.output(print(readRDS(file))), capture.output(print(found))))
page <- tempfile(fileext = ".html")
stopifnot(identical(report(found, page), page), grepl("<svg", paste(readLines(page, warn = FALSE), collapse = "")))
stopifnot(startsWith(as_json(found), "{\"schema\":1"))

# broom's names, where generics is there.
if (requireNamespace("generics", quietly = TRUE)) {
  tidy <- generics::tidy(found)
  glance <- generics::glance(found)
  stopifnot(
    identical(tidy$estimate, e$n_hat), identical(tidy$conf.high, e$upper), nrow(glance) == 1, glance$nobs == 2744, glance$lists == 5,
    glance$verdict == v$verdict
  )
}

pdf(tempfile())
shown <- plot(found)
stopifnot(nrow(shown) == 4, nrow(plot(found, methods = "chao")) == 1)

# The same with ggplot2, where it is there: every estimate with its limits, on a logarithmic scale.
if (requireNamespace("ggplot2", quietly = TRUE)) {
  chart <- ggplot2::autoplot(found)
  print(chart + ggplot2::theme_minimal())
  built <- ggplot2::ggplot_build(chart)$data
  limits <- Filter(function(layer) "xend" %in% names(layer), built)[[1]]
  points <- Filter(function(layer) "shape" %in% names(layer), built)[[1]]
  stopifnot(
    inherits(chart, "ggplot"), all.equal(10^points$x, shown$n_hat), all.equal(10^limits$x, shown$lower),
    all.equal(10^limits$xend, shown$upper), all(limits$y == limits$yend), nrow(ggplot2::autoplot(found, methods = "chao")$data) == 1
  )
  unlimited <- found
  unlimited$estimates$upper <- Inf
  print(ggplot2::autoplot(unlimited))
  refusal <- tryCatch(ggplot2::autoplot(found, methods = "lp"), error = identity)
  stopifnot(inherits(refusal, "ijsberg_argument_error"), refusal$argument == "methods")
}
invisible(dev.off())

# Covariates give a breakdown; without the bar there is none.
set.seed(1)
n <- 600
sex <- sample(c("f", "m"), n, TRUE)
draw <- function(p) rbinom(n, 1, p)
lists <- data.frame(A = draw(0.5), B = draw(ifelse(sex == "f", 0.6, 0.3)), C = draw(0.4), sex = sex)
lists <- lists[rowSums(lists[1:3]) > 0, ]
with <- mse(~ A + B + C | sex, lists, replicates = 20)
stopifnot(is.data.frame(breakdown(with)), nrow(breakdown(with)) >= 3, any(breakdown(with) == "f", na.rm = TRUE))
without <- mse(~ A + B + C, lists, replicates = 20)
stopifnot(is.null(breakdown(without)), nobs(with) == nobs(without), nobs(with) == nrow(lists))

# Models by formula, counts of times seen, the number of threads.
stopifnot(nrow(numbers(quick(path, models = "[LA,NG]"))) == nrow(e) + 1L)
times <- estimate(from_rcapture(cbind(c(1, 2, 3, 4), c(1645, 183, 37, 13)), dfreq = TRUE, dtype = "nbcap"))
stopifnot(nobs(times) == 1878, all(numbers(times)$n_observed == 1878), nzchar(verdict(times)$words))
options(ijsberg.threads = 1)
stopifnot(identical(numbers(quick(path)), e))
stopifnot(nrow(mse_methods()) > 30, all(usual %in% mse_methods()$method))
