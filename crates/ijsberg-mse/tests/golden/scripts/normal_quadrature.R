# Normal mixing on the meadow voles (Williams, Nichols and Conroy 2002, table 19.1, first month): the likelihood of
# the numbers caught on 1 to 5 days, by Gauss-Hermite quadrature with 20 to 160 nodes and by the trapezium rule. Base R alone.
# The table it prints stands in docs/book/src/closed.md; `the_top_is_that_of_the_integral_and_not_of_few_nodes` holds the last rows.
caught <- c(13, 7, 9, 12, 15)
days <- length(caught)
n <- sum(caught)

# Golub and Welsch (1969): nodes and weights for a standard normal density.
hermite <- function(m) {
  J <- matrix(0, m, m)
  i <- seq_len(m - 1)
  J[cbind(i, i + 1)] <- J[cbind(i + 1, i)] <- sqrt(i)
  e <- eigen(J, symmetric = TRUE)
  list(z = e$values, w = e$vectors[1, ]^2)
}
trapezium <- function(step) {
  z <- seq(-12, 12, by = step)
  list(z = z, w = dnorm(z) / sum(dnorm(z)))
}

# Minus the conditional log-likelihood, with the estimate as an attribute.
fit <- function(rule, theta) {
  p <- plogis(theta[1] + theta[2] * rule$z)
  chance <- sapply(0:days, function(k) sum(rule$w * dbinom(k, days, p)))
  structure(-sum(caught * log(chance[-1] / (1 - chance[1]))), estimate = n / (1 - chance[1]))
}

# Every top that a climb from one of many starts finds.
tops <- function(rule) {
  starts <- expand.grid(b = c(-6, -3, -1, 0, 1), sigma = c(0.5, 1.5, 3, 5, 8))
  found <- apply(starts, 1, function(s) {
    o <- optim(s, function(x) fit(rule, x), method = "BFGS", control = list(maxit = 2000, reltol = 1e-14))
    o <- optim(o$par, function(x) fit(rule, x), method = "BFGS", control = list(maxit = 2000, reltol = 1e-14))
    c(round(-o$value, 5), round(attr(fit(rule, o$par), "estimate"), 2), round(abs(o$par[2]), 3))
  })
  found <- unique(as.data.frame(t(found)))
  names(found) <- c("log_likelihood", "estimate", "sigma")
  found <- found[order(-found$log_likelihood), ]
  head(found[found$estimate < 1e4, ], 2)
}

for (m in c(20, 40, 60, 100, 160)) {
  cat("Gauss-Hermite,", m, "nodes\n")
  print(tops(hermite(m)), row.names = FALSE)
}
for (step in c(0.1, 0.05)) {
  cat("trapezium, step", step, "\n")
  print(tops(trapezium(step)), row.names = FALSE)
}
