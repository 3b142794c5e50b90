# rcapture_closedp.json and rcapture_closedpMS_*.json: Rcapture 1.4-4 (CRAN).
source("common.R")
need("Rcapture", "1.4-4")
library(Rcapture)

rows <- function(x) cbind(model = rownames(x), as.data.frame(x))
quietly <- function(e) suppressWarnings(tryCatch(e, error = function(err) list(error = conditionMessage(err))))

one <- function(name) {
  x <- as.matrix(observed(name))
  t <- ncol(x) - 1
  mixed <- list(
    M0 = list("M0", NULL), Mt = list("Mt", NULL),
    Mh_Chao = list("Mh", "Chao"), Mh_Poisson = list("Mh", "Poisson"), Mh_Darroch = list("Mh", "Darroch"),
    Mh_Gamma = list("Mh", "Gamma"), Mth_Chao = list("Mth", "Chao"), Mth_Poisson = list("Mth", "Poisson"),
    Mth_Darroch = list("Mth", "Darroch"), Mth_Gamma = list("Mth", "Gamma"),
    Mh_Normal = list("Mh", "Normal"), Mth_Normal = list("Mth", "Normal")
  )
  plain <- c(mixed[!grepl("Normal", names(mixed))], list(Mb = list("Mb", NULL), Mbh = list("Mbh", NULL)))
  of <- function(r) if (is.null(r$error)) list(results = rows(r$results), CI = rows(r$CI), bias = r$bias) else r
  interval <- function(m) of(quietly(closedpCI.t(x, dfreq = TRUE, m = m[[1]], h = m[[2]], fmaxSupCL = 10)))
  dependent <- function(mX) of(quietly(closedpCI.t(x, dfreq = TRUE, mX = mX, fmaxSupCL = 10)))
  pairs <- combn(t, 2, simplify = FALSE)
  with_pair <- lapply(pairs, function(p) dependent(as.formula(paste0("~ . + c", p[1], ":c", p[2]))))
  names(with_pair) <- sapply(pairs, function(p) paste0("mX_[", p[1], ",", p[2], "]"))
  list(
    n = sum(x[, t + 1]), t = t,
    closedp_t = list(results = rows(quietly(closedp.t(x, dfreq = TRUE))$results)),
    closedp_0 = list(results = rows(quietly(closedp.0(x, dfreq = TRUE))$results)),
    closedp_bc = lapply(plain, function(m) {
      r <- quietly(closedp.bc(x, dfreq = TRUE, m = m[[1]], h = m[[2]]))
      if (is.null(r$error)) rows(r$results) else r
    }),
    CI = c(lapply(mixed, interval), list(all_two_way = dependent(~ .^2)), with_pair)
  )
}

write_golden(list(version = "Rcapture 1.4-4", R = R.version.string,
                  data = sapply(setdiff(names(files), "NewOrl"), one, simplify = FALSE)), "rcapture_closedp")

models <- function(name, file, ...) {
  x <- as.matrix(observed(name))
  r <- suppressWarnings(closedpMS.t(x, dfreq = TRUE, ...))$results
  r <- rows(r)
  sorted <- function(by) head(r[order(r[[by]]), ], 30)
  few <- nrow(r) <= 1024
  weight <- exp(-0.5 * (r$BIC - min(r$BIC)))
  write_golden(list(
    version = "Rcapture 1.4-4", n = sum(x[, ncol(x)]), t = ncol(x) - 1, n_models = nrow(r), n_warn = sum(r$infoFit != 0),
    bic_weighted_mean_N = sum(weight * r$abundance) / sum(weight),
    top_bic = sorted("BIC"), top_aic = sorted("AIC"), all = if (few) r
  ), file)
}

for (name in c("Artificial_3", "MY3", "spina", "ScotPWID", "kosovo_aggregate", "UKdat_5")) {
  models(name, paste0("rcapture_closedpMS_", name))
}
for (name in c("Ned_5", "UKdat_5")) models(name, paste0("rcapture_closedpMS_", name, "_maxorder2"), maxorder = 2)
