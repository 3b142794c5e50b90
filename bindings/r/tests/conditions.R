# Errors have a class and name the argument; none of them ends R.
library(ijsberg)
options(ijsberg.threads = 2)

refused <- function(expr, argument, class, words = "") {
  e <- tryCatch({ force(expr); NULL }, ijsberg_error = identity)
  said <- if (is.null(e)) "nothing" else conditionMessage(e)
  ok <- inherits(e, class) && identical(e$argument, argument) && grepl(words, said) && !grepl("--", said, fixed = TRUE)
  if (!ok) stop("expected ", class, " of ", argument, " with '", words, "', got ", class(e)[1L], " of ", e$argument, ": ", said)
}
spina <- from_dga(c(0, 60, 49, 4, 247, 112, 142, 12))
table <- "ijsberg_table_error"
argument <- "ijsberg_argument_error"

refused(estimate(spina, methods = "nonsense"), "methods", argument, "loglinear.best-bic")
refused(estimate(spina, methods = 3), "methods", argument)
refused(estimate(spina, models = "[A,X]"), "models", argument)
refused(estimate(spina, level = 2), "level", argument, "0.5")
refused(estimate(spina, level = NA_real_), "level", argument)
refused(estimate(spina, threshold = 2), "threshold", argument, "0 to 1")
refused(estimate(spina, threshold = "low"), "threshold", argument)
refused(estimate(spina, interval = "wide"), "interval", argument, "wald")
refused(estimate(spina, interval = NULL), "interval", argument)
refused(estimate(spina, reselect = "some"), "reselect", argument, "shortlist")
refused(estimate(spina, seed = -1), "seed", argument)
refused(estimate(spina, seed = 1.5), "seed", argument)
refused(estimate(spina, replicates = "many"), "replicates", argument)
refused(estimate(spina, hidden = 3), "hidden", argument)
refused(estimate(spina, over_coverage = c(0.1, 2)), "over_coverage", argument)
refused(estimate(spina, missed_links = 1), "missed_links", argument)
refused(estimate(spina, thousands = "dot"), "thousands", argument, "comma")
refused(estimate(spina, blanks = "below"), "blanks", argument, "above")
refused(estimate(spina, overlaps = "both"), "overlaps", argument, "nested")
refused(estimate(spina, language = "fr"), "language", argument, "nl")
refused(estimate(spina, thorough = NA), "thorough", argument)
refused(estimate(spina, by = "sex"), "by", argument)
refused(estimate(spina, lists = c("A", "Q")), "table", table, "Q")
refused(estimate("no-such-file.csv"), "table", table, "no-such-file")
refused(estimate(3), "table", table)
refused(estimate(list(A = 1, B = c(1, 0))), "table", table, "lengths")
refused(estimate(data.frame()), "table", table)
refused(estimate(data.frame(A = 1, B = I(list(1)))), "table", table, "column B")
refused(estimate(transform(spina, count = c(1, 2, Inf, 4, 5, 6, 7))), "table", table, "row 3, column count")
refused(estimate(charToRaw("A,B,count\n1,0,3\n1,0,secret\n")), "table", table, "line 3")
refused(estimate(as.raw(c(0x50, 0x4b, 3, 4, 0, 1, 2))), "table", table)
refused(estimate(array(1, c(2, 3, 2))), "table", table)
refused(from_dga(1:7), "Y", table, "2.n")
refused(from_lcmcr(data.frame(A = c("0", "2"), B = c("1", "1"))), "captures", table, "row 2, column A")
refused(from_conting(data.frame(A = 1)), "data", table, "un and obs")
refused(link(list(1)), "lists", table)
refused(link(list(a = data.frame(x = 1), b = data.frame(y = 2))), "lists", table)
refused(link(list(a = data.frame(name = "x")), draws = 0), "draws", argument)
refused(mse(count ~ A * B, spina), "x", argument, "joined by")
refused(mse(count ~ A + Q, spina), "x", argument, "Q")
refused(mse(count ~ A + A, spina), "x", argument, "twice")
refused(mse(count ~ A + B), "data", argument)
refused(mse(count ~ A + B + C, spina, count = "count"), "count", argument)
refused(verdict(3), "x", argument)
found <- estimate(spina, methods = "chao")
refused(report(found, file.path(tempdir(), "no", "such", "folder.html")), "file", argument)
refused(plot(found, methods = "lp"), "methods", argument)

# What can be read in two ways is asked, in words of R.
rows <- "regio,A,B,C,count"
for (region in c("Noord", "Zuid")) {
  for (h in 1:7) {
    rows <- c(rows, paste(if (h == 1) region else "", h %% 2, h %/% 2 %% 2, h %/% 4, 30 - 2 * h, sep = ","))
  }
}
ambiguous <- charToRaw(paste(rows, collapse = "\n"))
refused(estimate(ambiguous), "table", table, "`blanks = \"above\"`")
stopifnot(as.data.frame(estimate(ambiguous, blanks = "above", by = "none", methods = "chao"))$n_hat > 0)

# The call is the caller's.
e <- tryCatch(estimate(spina, level = 9), ijsberg_error = identity)
stopifnot(identical(conditionCall(e)[[1L]], as.name("estimate")))
