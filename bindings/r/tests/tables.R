# Inputs of other packages, as they are.
library(ijsberg)
options(ijsberg.threads = 2)
numbers <- function(x) as.data.frame(estimate(x, methods = c("loglinear.best-bic", "chao", "decomposable.averaged"), replicates = 20))

# Madigan and York (1997), three lists; the numbers of the documentation of dga.
spina <- data.frame(
  A = c(1, 0, 1, 0, 1, 0, 1), B = c(0, 1, 1, 0, 0, 1, 1), C = c(0, 0, 0, 1, 1, 1, 1), count = c(60, 49, 4, 247, 112, 142, 12)
)
e <- numbers(spina)

# dga: an array, or its numbers.
Y <- c(0, 60, 49, 4, 247, 112, 142, 12)
stopifnot(
  identical(numbers(array(Y, dim = c(2, 2, 2))), e),
  identical(numbers(from_dga(Y)), e),
  identical(names(from_dga(Y, lists = c("x", "y", "z"))), c("x", "y", "z", "count")),
  # What stands for nobody knows whom is left aside.
  identical(numbers(array(c(NA, Y[-1]), dim = c(2, 2, 2))), e)
)

# Rcapture: matrices without names, frequencies last or a row for each person.
X <- as.matrix(spina)
dimnames(X) <- NULL
rows <- X[rep(1:7, X[, 4]), 1:3]
stopifnot(
  identical(numbers(X), e), identical(numbers(from_rcapture(X, dfreq = TRUE)), e),
  identical(numbers(rows), e), identical(numbers(from_rcapture(rows)), e)
)
# Seber (1982), p. 107: where all frequencies are 0 or 1, only the caller knows.
few <- from_rcapture(matrix(c(1, 1, 1, 1, 0, 1, 0, 1, 1), byrow = TRUE, ncol = 3), dfreq = TRUE)
stopifnot(identical(names(few), c("A", "B", "count")), nobs(estimate(few)) == 3)

# SparseMSE: a matrix or a data frame, whatever the last column is called.
zdat <- spina
names(zdat)[4] <- ""
stopifnot(identical(numbers(from_sparsemse(zdat)), e), identical(numbers(from_sparsemse(X)), e))

# LCMCR: factors, person by person or with a number, with labels of one's own.
captures <- spina[rep(1:7, spina$count), 1:3]
captures[] <- lapply(captures, factor)
tabular <- spina
tabular[1:3] <- lapply(tabular[1:3], function(x) factor(c("No", "Yes")[x + 1]))
names(tabular)[4] <- "Freq"
stopifnot(
  identical(numbers(captures), e), identical(numbers(from_lcmcr(captures)), e),
  identical(numbers(from_lcmcr(tabular, tabular = TRUE, in_list_label = "Yes", not_in_list_label = "No")), e),
  identical(numbers(tabular), e)
)

# conting: factors of un and obs, the cell that nobody observed is NA; covariates stay.
cells <- expand.grid(S1 = c("un", "obs"), S2 = c("un", "obs"), S3 = c("un", "obs"))
incomplete <- cbind(y = c(NA, Y[-1]), cells)
stopifnot(nrow(from_conting(incomplete)) == 7)
given <- numbers(incomplete)
stopifnot(identical(given$n_hat, e$n_hat), identical(given$upper, e$upper))
both <- rbind(cbind(incomplete, Sex = "f"), cbind(incomplete, Sex = "m"))
both[] <- lapply(both, function(x) if (is.character(x)) factor(x) else x)
split <- mse(y ~ S1 + S2 + S3 | Sex, from_conting(both), replicates = 20)
stopifnot(nobs(split) == 2 * sum(Y), nrow(breakdown(split)) >= 3)

# A table of R.
crossed <- xtabs(count ~ A + B + C, spina)
stopifnot(identical(numbers(crossed), e))

# Numbers keep every digit, and text its characters.
awkward <- data.frame(A = c(1, 0, 1), B = c(0, 1, 1), `na,me "x"` = c("Zo\u00eb", "a,b", "\u5f20"), count = c(30, 20, 10), check.names = FALSE)
stopifnot(nobs(estimate(awkward, by = "none")) == 60)

# Records are linked, and the uncertainty goes into the estimate.
set.seed(2)
first <- c("Anna", "Maria", "Li", "Fatima", "Ewa", "Ion", "Petra", "Nadia", "Olga", "Zsofia")
last <- c("Kowalska", "Ionescu", "Wei", "Haddad", "Nowak", "Popescu", "Horvat", "Benali", "Ivanova", "Nagy")
people <- data.frame(
  name = paste(sample(first, 150, TRUE), sample(last, 150, TRUE)),
  birth_date = as.character(as.Date("1980-01-01") + sample(9000, 150, TRUE))
)
on <- function(p) people[runif(150) < p, ]
who <- link(list(police = on(0.5), shelter = on(0.5), clinic = on(0.4)), draws = 3, seed = 7)
stopifnot(
  length(who$persons) == 3, all(who$persons <= nrow(who$linked)), "draw" %in% names(who$draws),
  inherits(who$linked$person, "integer"), nrow(who$linked) > 150
)
averaged <- mse(who, methods = "chao", replicates = 5)
people$sex <- rep(c("f", "m"), 75)
by_sex <- link(list(police = on(0.5), shelter = on(0.5), clinic = on(0.4)), covariates = "sex", draws = 3, seed = 7)
parts <- breakdown(mse(by_sex, methods = "loglinear.covariates", replicates = 5))
stopifnot(c("f", "m") %in% parts$sex, all(parts$n_hat >= parts$observed), all(parts$verdict %in% c("no-estimate", "not-assessed")))
stopifnot(as.data.frame(averaged)$n_hat > nobs(averaged), grepl("people in", paste(capture.output(print(who)), collapse = " ")))
