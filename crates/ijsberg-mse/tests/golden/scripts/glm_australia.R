# Every hierarchical model of the Australian table (Lyneham, Dowling and Bricknell 2019, Statistical Bulletin 16 of the
# Australian Institute of Criminology; lists A to D) by glm, as Rcapture's closedpMS.t fits them. Base R.
source("common.R")
counts <- c(34, 13, 3, 198, 4, 36, 6, 100, 1, 2, 1, 0, 0, 15, 1)
cells <- 1:15
on <- function(w, a) bitwAnd(w, a) == a
terms <- Filter(function(a) sum(bitwAnd(a, c(1, 2, 4, 8)) > 0) %in% 2:3, cells)
models <- list()
for (s in 0:(2^length(terms) - 1)) {
  chosen <- terms[bitwAnd(s, 2^(seq_along(terms) - 1)) > 0]
  below <- function(a) Filter(function(b) b != a && on(a, b), terms)
  if (all(unlist(lapply(chosen, below)) %in% chosen)) models[[length(models) + 1]] <- chosen
}
stopifnot(length(models) == 113)
one <- function(chosen) {
  x <- sapply(c(0, 1, 2, 4, 8, chosen), function(a) as.numeric(on(cells, a)))
  fit <- suppressWarnings(glm(counts ~ x - 1, family = poisson, control = glm.control(1e-13, 100)))
  list(terms = I(chosen), n_hat = sum(counts) + exp(unname(coef(fit)[1])), deviance = deviance(fit))
}
write_golden(list(version = R.version.string, counts = counts, all = lapply(models, one)), "glm_australia")
