# The same numbers as the program and the package for Python, to the last digit, where they are said to be.
library(ijsberg)
program <- Sys.getenv("IJSBERG_PROGRAM")
python <- Sys.getenv("IJSBERG_PYTHON")
tables <- Sys.getenv("IJSBERG_TABLES")

# As it is written, without the name of the table and its spacing.
plain <- function(json) {
  json <- gsub("\n *", "", paste(json, collapse = "\n"))
  gsub("\": ", "\":", json, fixed = TRUE)
}
same <- function(path, options, ...) {
  mine <- plain(as_json(estimate(path, ...)))
  said <- system2(program, c("estimate", shQuote(path), options, "--json"), stdout = TRUE)
  if (!identical(mine, plain(said))) stop("other numbers than the program for ", basename(path), " with ", paste(options, collapse = " "))
  if (nzchar(python)) {
    script <- sprintf("import ijsberg; print(ijsberg.estimate(%s, %s)._inner.json())", encodeString(path, quote = "'"), arguments(...))
    said <- system2(python, c("-c", shQuote(script)), stdout = TRUE)
    if (!identical(mine, plain(said))) stop("other numbers than Python for ", basename(path))
  }
}
arguments <- function(...) {
  given <- list(...)
  single <- c("interval", "reselect")
  value <- function(name) {
    x <- given[[name]]
    if (!is.character(x)) return(format(x, digits = 15))
    if (name %in% single) paste0("'", x, "'") else paste0("['", paste(x, collapse = "','"), "']")
  }
  paste(names(given), vapply(names(given), value, ""), sep = "=", collapse = ", ")
}

if (nzchar(program)) {
  stopifnot(file.exists(program), dir.exists(tables))
  usual <- c("loglinear.best-bic", "loglinear.stepwise", "chao", "decomposable.averaged")
  closed <- c("chao", "zelterman", "loglinear.independence")
  path <- function(name) file.path(tables, paste0(name, ".csv"))
  for (name in c("artificial-three-lists", "kosovo-1999", "madigan-york", "scotland-drugs-2006", "spina-bifida")) {
    same(path(name), c("--methods", paste(usual, collapse = ","), "--replicates", "10"), methods = usual, replicates = 10)
    same(path(name), c("--methods", paste(closed, collapse = ","), "--level", "0.9"), methods = closed, level = 0.9)
    same(path(name), c("--replicates", "5", "--seed", "7"), replicates = 5, seed = 7)
    same(
      path(name), c("--methods", paste(usual, collapse = ","), "--replicates", "5", "--threshold", "0.2", "--interval", "parametric", "--reselect", "shortlist"),
      methods = usual, replicates = 5, threshold = 0.2, interval = "parametric", reselect = "shortlist"
    )
  }
  for (name in c("united-kingdom-2013-five-lists", "netherlands-2010-2015-five-lists", "irregular-migrants-apprehended")) {
    same(path(name), c("--replicates", "10"), replicates = 10)
  }
  figure <- function(task, path, options, mine) {
    said <- system2(program, c(task, shQuote(path), options, "--json"), stdout = TRUE)
    if (!identical(plain(as_json(mine)), plain(said))) stop("other numbers than the program for ", task)
  }
  file <- path("netherlands-synthetic")
  late <- c("--ignore", "I,O,R", "--late", "Z", "--year", "year", "--replicates", "20")
  figure("nowcast", file, late, nowcast(file, "Z", "year", ignore = c("I", "O", "R"), replicates = 20))
  file <- path("open-synthetic")
  figure("open", file, c("--replicates", "50"), open_population(file, replicates = 50))
  file <- tempfile(fileext = ".csv")
  delay <- rep(0:2, each = 24)
  month <- rep(sprintf("%d-%02d", rep(2014:2015, each = 12), 1:12), 3)
  counts <- data.frame(month = month, delay = delay, count = c(30, 15, 5)[delay + 1] + seq_along(delay) %% 4)
  write.csv(counts[rep(1:24, 3) + delay <= 24, ], file, row.names = FALSE)
  figure("delays", file, c("--most", "2", "--replicates", "100"), delays(file, most = 2, replicates = 100))
} else {
  message("no program to compare with: IJSBERG_PROGRAM is not set")
}
