# Compares what the scripts wrote to `out/` with the reference values that are kept: Rscript compare.R [NAME ...]
# For each file: numbers kept, those that were made again, how many of these agree to one in a million, and the largest difference.
suppressPackageStartupMessages(library(jsonlite))

numbers <- function(x, path = "") {
  if (is.list(x)) {
    keys <- if (is.null(names(x))) seq_along(x) else names(x)
    do.call(c, unname(Map(function(v, k) numbers(v, paste0(path, "/", k)), x, keys)))
  } else if (is.numeric(x)) {
    setNames(x, path)
  }
}

read <- function(path) numbers(fromJSON(path, simplifyVector = FALSE))

names <- commandArgs(trailingOnly = TRUE)
if (length(names) == 0) names <- sub("[.]json$", "", list.files("out", "[.]json$"))
for (name in names) {
  kept <- read(file.path("..", paste0(name, ".json")))
  made <- read(file.path("out", paste0(name, ".json")))
  both <- intersect(names(kept), names(made))
  off <- abs(made[both] - kept[both]) / pmax(abs(kept[both]), 1e-3)
  worst <- if (length(both) > 0) both[which.max(off)] else "-"
  cat(sprintf("%-40s %6d kept %6d made again %6d agree; largest %.2g at %s\n",
              name, length(kept), length(both), sum(off <= 1e-6), if (length(off) > 0) max(off) else NA, worst))
}
