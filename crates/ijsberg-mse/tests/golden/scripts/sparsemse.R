# sparsemse_fits.json, sparsemse_checkallmodels.json and sparsemse_boot_*.json: SparseMSE 2.0.1 (CRAN).
# The bootstrap draws from R's default generator with the seed given, so the replicates are the same for R >= 3.6.
source("common.R")
need("SparseMSE", "2.0.1")
library(SparseMSE)

zdat <- function(name) as.matrix(observed(name))
quantiles <- c(0.025, 0.1, 0.16, 0.84, 0.9, 0.975)

of_fit <- function(table, ...) {
  result <- estimatepopulation.0(table, quantiles = quantiles, ...)
  fit <- result$MSEfit$fit
  list(
    estimate = as.list(result$estimate), terms = names(coef(fit)), coefficients = as.list(coef(fit)),
    se = as.list(summary(fit)$coefficients[, 2]), deviance = deviance(fit), df_residual = df.residual(fit),
    aic_glm = fit$aic, loglik = as.numeric(logLik(fit)), n_cells_used = length(fit$y),
    emptyoverlaps = result$MSEfit$emptyoverlaps, iters = fit$iter, converged = fit$converged,
    dark_figure = exp(coef(fit)[[1]])
  )
}

fits <- function(name) {
  table <- zdat(name)
  m <- ncol(table) - 1
  pairs <- combn(m, 2)
  label <- apply(pairs, 2, function(p) paste(colnames(table)[p], collapse = ":"))
  full <- modelfit(table, mX = 0, check = FALSE)
  result <- list(
    checkident_main = checkident(table, mX = NULL), checkident_full = checkident(table, mX = 0),
    main = of_fit(table, method = "main")
  )
  for (p in c(0.02, 0.001, 0.1)) {
    result[[paste0("stepwise_p", p)]] <- of_fit(table, method = "stepwise", pthresh = p)
  }
  result$full_twoway <- list(terms = names(coef(full$fit)), coefficients = as.list(coef(full$fit)),
                             deviance = deviance(full$fit), emptyoverlaps = full$emptyoverlaps)
  result$checkident_single_pair <-
    as.list(setNames(apply(pairs, 2, function(p) checkident(table, mX = matrix(p, nrow = 2))), label))
  result
}

write_golden(list(version = "SparseMSE 2.0.1", R = R.version.string, data = sapply(names(files), fits, simplify = FALSE)),
             "sparsemse_fits")
write_golden(sapply(c("Artificial_3", "UKdat_5", "Ned_5", "UKdat", "Ned"), function(n) checkallmodels(zdat(n)),
                    simplify = FALSE), "sparsemse_checkallmodels")

levels <- c(0.025, 0.05, 0.1, 0.16, 0.5, 0.84, 0.9, 0.95, 0.975)
for (name in c("Artificial_3", "Ned", "Ned_5", "UKdat", "UKdat_5")) {
  b <- estimatepopulation(zdat(name), nboot = 1000, pthresh = 0.02, iseed = 1234, alpha = levels)
  write_golden(list(
    popest = b$popest, ahat = b$ahat, frac_below = mean(b$bootreps < b$popest), z0 = qnorm(mean(b$bootreps < b$popest)),
    BCaquantiles = as.list(b$BCaquantiles), bootreps = as.numeric(b$bootreps),
    bootrep_quantiles_type8 = as.list(quantile(b$bootreps, levels, type = 8))
  ), paste0("sparsemse_boot_", name))
}
