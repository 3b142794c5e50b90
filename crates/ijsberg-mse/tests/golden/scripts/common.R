# What the other scripts share: the public tables by the names in the reference values, and writing JSON.
# Run from this folder: Rscript NAME.R; results go to the folder `out`, so that nothing is overwritten unseen.

suppressPackageStartupMessages(library(jsonlite))

files <- c(
  Artificial_3 = "artificial-three-lists", Ned = "netherlands-2010-2015",
  Ned_5 = "netherlands-2010-2015-five-lists", NewOrl = "new-orleans-2016",
  UKdat = "united-kingdom-2013", UKdat_5 = "united-kingdom-2013-five-lists",
  kosovo_aggregate = "kosovo-1999", MY3 = "madigan-york", spina = "spina-bifida",
  ScotPWID = "scotland-drugs-2006", hare = "snowshoe-hares"
)

# One row a history, lists in zeros and ones, the count last.
observed <- function(name) {
  read.csv(file.path("..", "..", "..", "..", "..", "data", paste0(files[[name]], ".csv")), check.names = FALSE)
}

lists_of <- function(table) setdiff(names(table), "count")

# All 2^m - 1 histories, those of nobody with 0.
all_cells <- function(table) {
  lists <- lists_of(table)
  grid <- do.call(expand.grid, setNames(rep(list(0:1), length(lists)), lists))
  grid <- grid[rowSums(grid) > 0, , drop = FALSE]
  key <- function(x) apply(x[lists], 1, paste, collapse = "")
  grid$count <- table$count[match(key(grid), key(table))]
  grid$count[is.na(grid$count)] <- 0
  rownames(grid) <- NULL
  grid
}

write_golden <- function(value, name) {
  dir.create("out", showWarnings = FALSE)
  path <- file.path("out", paste0(name, ".json"))
  writeLines(toJSON(value, auto_unbox = TRUE, digits = 15, null = "null", na = "null", pretty = TRUE), path)
  message("wrote ", path)
}

need <- function(package, version) {
  if (!requireNamespace(package, quietly = TRUE)) stop("install ", package, " ", version, " first", call. = FALSE)
  found <- as.character(packageVersion(package))
  if (found != version) message(package, " is ", found, "; the reference values are of ", version)
}
