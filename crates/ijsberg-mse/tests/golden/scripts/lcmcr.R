# lcmcr_*.json: LCMCR 0.4.14 (CRAN), latent classes with a stick-breaking prior. One chain a seed; see the README on Ned.
source("common.R")
need("LCMCR", "0.4.14")
library(LCMCR)

chain <- function(name, seed) {
  table <- observed(name)
  names(table)[ncol(table)] <- "Freq"
  for (list in setdiff(names(table), "Freq")) table[[list]] <- factor(table[[list]], levels = c("0", "1"))
  sampler <- lcmCR(table, tabular = TRUE, in_list_label = "1", not_in_list_label = "0", K = 10, a_alpha = 0.25,
                   b_alpha = 0.25, seed = seed, buffer_size = 10000, thinning = 20)
  lcmCR_PostSampl(sampler, burnin = 10000, samples = 10000, thinning = 20)
}

levels <- c(0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
for (name in c("Ned", "UKdat", "kosovo_aggregate")) {
  draws <- lapply(1:5, function(seed) chain(name, seed))
  say <- function(x) list(mean = mean(x), median = median(x), sd = sd(x), q = as.list(quantile(x, levels)))
  write_golden(list(
    version = "LCMCR 0.4.14", dataset = name,
    per_seed = Map(function(seed, x) c(list(seed = seed), say(x), list(n_samples = length(x))), 1:5, draws),
    pooled = c(say(unlist(draws)), list(
      mcse_between_seeds_mean = sd(sapply(draws, mean)) / sqrt(5),
      mcse_between_seeds_median = sd(sapply(draws, median)) / sqrt(5)))
  ), paste0("lcmcr_", name))
}
