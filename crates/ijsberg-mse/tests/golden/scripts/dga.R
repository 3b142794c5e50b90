# dga.json and dga_wide_grid.json: dga 2.0.2 (CRAN). dimension j of the array is list j of the file.
# The run on the voles uses a table of the package Rcapture (rbvole, first period), which is not among ours.
source("common.R")
need("dga", "2.0.2")
library(dga)
data(graphs3, graphs4, graphs5)

array_of <- function(name) {
  table <- observed(name)
  lists <- lists_of(table)
  y <- array(0, rep(2, length(lists)))
  for (i in seq_len(nrow(table))) y[matrix(as.integer(table[i, lists]) + 1, 1)] <- table$count[i]
  y
}

average <- function(name, missing, delta) {
  y <- array_of(name)
  graphs <- list(graphs3, graphs4, graphs5)[[length(dim(y)) - 2]]
  weights <- bma.cr(y, missing, delta, graphs)
  p <- colSums(weights)
  size <- sum(y) + missing
  first <- function(q) size[which(cumsum(p) >= q)[1]]
  graph <- rowSums(weights)
  mean <- sum(size * p)
  list(
    dataset = name, delta = delta, n_graphs = length(graphs), mean = mean, sd = sqrt(sum((size - mean)^2 * p)),
    mode = size[which.max(p)], quantiles_first_N_with_cdf_ge = lapply(
      c(q025 = 0.025, q05 = 0.05, q25 = 0.25, q50 = 0.5, q75 = 0.75, q95 = 0.95, q975 = 0.975), first),
    prob_last_Nmissing = tail(p, 1), top_graphs = head(order(-graph), 12), posterior = head(sort(graph, decreasing = TRUE), 12)
  )
}

runs <- list(
  average("MY3", 1:300, 1), average("MY3", 1:5000, 1), average("MY3", 1:5000, 2^-3), average("spina", 1:5000, 2^-3),
  average("kosovo_aggregate", 1:60000, 2^-4), average("ScotPWID", 1:60000, 2^-4),
  average("UKdat_5", 1:100000, 2^-5), average("Ned_5", 1:100000, 2^-5)
)
write_golden(list(version = "dga 2.0.2", n_graphs = list(`3` = length(graphs3), `4` = length(graphs4), `5` = length(graphs5)),
                  runs = runs), "dga")
wide <- seq(10, 400000, by = 10)
write_golden(list(version = "dga 2.0.2", Ned_5 = average("Ned_5", wide, 2^-5), UKdat_5 = average("UKdat_5", wide, 2^-5)),
             "dga_wide_grid")
