# drpop_sim.json and drpop_sim_n3000.csv: drpop 0.0.3 (CRAN archive), two lists with covariates.
source("common.R")
need("drpop", "0.0.3")
library(drpop)

set.seed(1)
drawn <- simuldata(n = 3000, l = 2, categorical = TRUE)
data <- drawn$data

set.seed(2)
fit <- popsize(data = data, funcname = "logit", nfolds = 2, margin = 0.005)
# The chances and the folds that the fit used are written beside the persons: the estimator is tested on exactly these.
given <- popsize(data = data, getnuis = fit$nuis, idfold = fit$idfold)
set.seed(2)
by_level <- popsize_cond(data = data, condvar = "catcov", funcname = "logit", nfolds = 2)
write_golden(list(
  version = "drpop 0.0.3", psi0_true = drawn$psi0, true_n = 3000, n_observed = nrow(data), result = fit$result,
  from_given_nuisances = list(result = given$result), cond = list(result = by_level$result)
), "drpop_sim")
dir.create("out", showWarnings = FALSE)
write.csv(cbind(data, idfold = fit$idfold, fit$nuis), file.path("out", "drpop_sim_n3000.csv"), row.names = FALSE)
