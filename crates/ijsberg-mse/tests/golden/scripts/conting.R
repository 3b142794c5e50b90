# conting_*.json: conting 1.7 (CRAN), reversible jump between log-linear models. Unobserved cells are NA.
# The tables with covariates are the package's own; ours with covariates is conting_spina_covariate.csv beside the JSON.
source("common.R")
need("conting", "1.7")
library(conting)

# All 2^m cells, lists as factors, nobody known of the cell of the unseen.
contingency <- function(name) {
  cells <- all_cells(observed(name))
  lists <- lists_of(cells)
  unseen <- as.data.frame(as.list(setNames(rep(0, length(lists)), lists)), check.names = FALSE)
  unseen$count <- NA
  cells <- rbind(unseen, cells)
  for (list in lists) cells[[list]] <- factor(cells[[list]])
  names(cells)[ncol(cells)] <- "y"
  cells
}

run <- function(data, formula, prior, seeds, name, call) {
  chains <- lapply(seeds, function(seed) {
    set.seed(seed)
    fit <- bict(formula, data = data, n.sample = 10000, prior = prior)
    as.numeric(total_pop(fit, n.burnin = 1000)$TOT)
  })
  levels <- c(0.025, 0.25, 0.5, 0.75, 0.975)
  say <- function(x) list(mean = mean(x), median = median(x), sd = sd(x), q = as.list(quantile(x, levels)))
  write_golden(list(
    call = call, version = "conting 1.7", per_seed = Map(function(s, x) c(list(seed = s), say(x)), seeds, chains),
    pooled = c(say(unlist(chains)), list(mcse_between =
      if (length(chains) > 1) sd(sapply(chains, mean)) / sqrt(length(chains))))
  ), name)
}

two_way <- function(data) as.formula(paste("y ~ (", paste(setdiff(names(data), "y"), collapse = " + "), ")^2"))
for (case in list(
  list("spina", "SBH", 1:3, "conting_spina_agg_SBH"), list("spina", "UIP", 1:2, "conting_spina_agg_UIP"),
  list("ScotPWID", "SBH", 1:3, "conting_ScotPWID_agg_SBH"), list("kosovo_aggregate", "SBH", 1, "conting_kosovo_SBH")
)) {
  data <- contingency(case[[1]])
  run(data, two_way(data), case[[2]], case[[3]], case[[4]], paste("bict, all two-way,", case[[2]]))
}
data(spina, package = "conting")
run(spina, y ~ (S1 + S2 + S3 + eth)^2, "SBH", 1:3, "conting_spina_SBH", "bict with the covariate eth, SBH")
