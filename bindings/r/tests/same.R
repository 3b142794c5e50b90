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
    # Python knows the table by its whole path.
    said <- sub(path, basename(path), plain(said), fixed = TRUE)
    if (!identical(mine, said)) stop("other numbers than Python for ", basename(path))
  }
}
arguments <- function(...) {
  given <- list(...)
  value <- function(x) if (is.character(x)) paste0("['", paste(x, collapse = "','"), "']") else format(x, digits = 15)
  paste(names(given), vapply(given, value, ""), sep = "=", collapse = ", ")
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
  }
  for (name in c("united-kingdom-2013-five-lists", "netherlands-2010-2015-five-lists", "irregular-migrants-apprehended")) {
    same(path(name), c("--replicates", "10"), replicates = 10)
  }
} else {
  message("no program to compare with: IJSBERG_PROGRAM is not set")
}
