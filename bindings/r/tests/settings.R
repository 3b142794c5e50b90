# estimate() has every setting of the library and no other, with the same defaults; what the program does with them, it does too.
library(ijsberg)
options(ijsberg.threads = 2)

known <- ijsberg:::known_settings()
taken <- formals(estimate)
stopifnot(length(known$name) > 35, setequal(setdiff(names(taken), c("table", "language")), known$name))
for (i in seq_along(known$name)) {
  name <- known$name[i]
  if (!identical(eval(taken[[name]]), known$default[[i]])) stop("another default for ", name)
}

# S is a random sample of 200 of 2,000.
sampled <- data.frame(
  A = c(1, 0, 1, 1, 0, 1, 0), B = c(0, 1, 1, 0, 1, 1, 0), S = c(0, 0, 0, 1, 1, 1, 1), count = c(225, 90, 135, 25, 10, 15, 150)
)
stated <- function(...) as_json(estimate(sampled, replicates = 0, ...))
has <- function(json, part) grepl(part, json, fixed = TRUE)
people <- function(...) stated(anchor = "S", anchor_people = 10000, anchor_cleared = 800, ...)
stopifnot(
  has(stated(anchor = "S"), "\"drawn\":{\"from\":\"unknown\"}"),
  has(stated(anchor = "S", anchor_share = 0.1), "\"method\":\"anchor.share\""),
  has(people(anchor_check = c(0.9, 0.99)), "{\"sensitivity\":0.9,\"specificity\":0.99}"),
  has(people(anchor_trial = c(100, 90, 200, 198)), "{\"belonging\":100,\"found\":90,\"others\":200,\"cleared\":198}")
)

# Models with covariates.
sex <- rep(c("f", "m"), each = 7)
both <- rbind(sampled, transform(sampled, count = rev(count)))
by_sex <- function(...) as_json(estimate(cbind(both, sex), by = "sex", methods = "loglinear.covariates", breakdown_replicates = 2, ...))
usual <- by_sex()
stopifnot(
  has(usual, "\"rule\":{\"order\":\"two\",\"criterion\":\"bic\",\"averaged\":false},\"replicates\":2"),
  has(by_sex(order = "three", criterion = "aic", average = TRUE), "\"rule\":{\"order\":\"three\",\"criterion\":\"aic\",\"averaged\":true}")
)
year <- rep(2015:2016, each = 7)
curved <- function(degree) as_json(estimate(cbind(both, year), by = "year", methods = "loglinear.covariates", breakdown_replicates = 2, polynomial = degree))
stopifnot(identical(curved(c(year = 1)), curved("year=1")))
