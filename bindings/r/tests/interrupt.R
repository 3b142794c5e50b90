# Ctrl-C gives the prompt back at once (the machine may do other things too), forked children compute, and what comes after computes too.
library(ijsberg)
options(ijsberg.threads = 2)
path <- system.file("extdata", "britain-2013.csv", package = "ijsberg")

seconds <- function(f) {
  begun <- proc.time()[["elapsed"]]
  f()
  proc.time()[["elapsed"]] - begun
}
system(sprintf("(sleep 2; kill -INT %d) &", Sys.getpid()))
interrupted <- FALSE
took <- seconds(function() {
  tryCatch(estimate(path, replicates = 1e6), interrupt = function(i) interrupted <<- TRUE)
})
cat(sprintf("the prompt was back %.2f seconds after Ctrl-C\n", took - 2))
stopifnot(interrupted, took < 2 + 3)

# A figure in time stops as well.
set.seed(1)
seen <- expand.grid(person = paste0("p", 1:300), list = c("K", "P", "Z"), year = 2015:2018)
seen <- seen[runif(nrow(seen)) < 0.3, ]
system(sprintf("(sleep 2; kill -INT %d) &", Sys.getpid()))
interrupted <- FALSE
took <- seconds(function() {
  tryCatch(open_population(seen, replicates = 1e5), interrupt = function(i) interrupted <<- TRUE)
})
stopifnot(interrupted, took < 2 + 3)

few <- function(i) as.data.frame(estimate(path, methods = c("chao", "loglinear.best-bic"), replicates = 20))
here <- few(0)
children <- parallel::mclapply(1:2, few, mc.cores = 2)
stopifnot(identical(children[[1]], here), identical(children[[2]], here))
