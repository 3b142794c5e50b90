# glm_poisson.json: Poisson regressions of base R, and closed forms. R 4.2.2, no other package but jsonlite.
source("common.R")

of_fit <- function(fit, n, formula) {
  s <- summary(fit)$coefficients
  dark <- exp(coef(fit)[["(Intercept)"]])
  v00 <- vcov(fit)[1, 1]
  list(
    formula = paste(deparse(formula), collapse = " "), coefficients = as.list(coef(fit)),
    se = as.list(setNames(s[, 2], rownames(s))), rank = fit$rank, deviance = deviance(fit),
    pearson = sum(residuals(fit, "pearson")^2), df_residual = df.residual(fit), loglik = as.numeric(logLik(fit)),
    AIC = AIC(fit), BIC_log_n_obs = -2 * as.numeric(logLik(fit)) + fit$rank * log(n), dark = dark,
    N_hat = n + dark, se_N_rcapture = sqrt(dark + dark^2 * v00), converged = fit$converged
  )
}

regress <- function(formula, cells) {
  suppressWarnings(glm(formula, poisson, data = cells, control = glm.control(epsilon = 1e-14, maxit = 100)))
}

one <- function(name) {
  cells <- all_cells(observed(name))
  lists <- lists_of(cells)
  names(cells) <- make.names(names(cells))
  safe <- make.names(lists)
  n <- sum(cells$count)
  pairs <- combn(length(lists), 2, simplify = FALSE)
  together <- sapply(pairs, function(p) sum(cells$count[cells[[p[1]]] == 1 & cells[[p[2]]] == 1]))
  label <- sapply(pairs, function(p) paste(lists[p], collapse = ":"))
  result <- list(n = n, lists = length(lists), independence = of_fit(regress(count ~ ., cells), n, count ~ .))
  if (all(together > 0)) {
    result$all_two_way <- of_fit(regress(count ~ .^2, cells), n, count ~ .^2)
  } else {
    gone <- Reduce(`|`, lapply(pairs[together == 0], function(p) cells[[p[1]]] == 1 & cells[[p[2]]] == 1))
    kept <- sapply(pairs[together > 0], function(p) paste(safe[p], collapse = ":"))
    formula <- as.formula(paste("count ~ .", if (length(kept)) paste("+", paste(kept, collapse = " + "))))
    fit <- of_fit(regress(formula, cells[!gone, ]), n, formula)
    result$extended_all_two_way <- c(list(dropped = label[together == 0]), fit)
  }
  sizes <- sapply(safe, function(j) sum(cells$count[cells[[j]] == 1]))
  result$pairwise_lincoln_petersen <- Map(function(p, m, l) {
    a <- sizes[[p[1]]]
    b <- sizes[[p[2]]]
    list(pair = l, n1 = a, n2 = b, m = m, LP = if (m > 0) a * b / m, chapman = (a + 1) * (b + 1) / (m + 1) - 1)
  }, pairs, together, label)
  times <- rowSums(cells[safe])
  f <- sapply(seq_along(safe), function(k) sum(cells$count[times == k]))
  t <- length(safe)
  result$f_k <- f
  result$chao1987_LB <- n + f[1]^2 / (2 * f[2])
  result$chao_bc <- n + f[1] * (f[1] - 1) / (2 * (f[2] + 1))
  result$chao_t <- n + (t - 1) / t * f[1]^2 / (2 * f[2])
  result
}

write_golden(list(R = R.version.string, data = sapply(names(files), one, simplify = FALSE)), "glm_poisson")
